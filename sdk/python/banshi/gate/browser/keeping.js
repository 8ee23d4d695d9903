// Everything of this origin that outlives the page, as text: {storage: [[where, text]], cache: [[where, text]]}
async () => {
  const storage = [["cookies", gate.own(Document, "cookie")(document)]], cache = [];
  // a storage hides what it has of its own behind keys of that name
  const lengthOf = gate.own(Storage, "length"), keyOf = gate.own(Storage, "key"), heldBy = gate.own(Storage, "getItem");
  for (const [name, kept] of [["localStorage", localStorage], ["sessionStorage", sessionStorage]])
    for (let at = 0; at < lengthOf(kept); at += 1) {
      const key = keyOf(kept, at);
      storage.push([`${name} “${key}”`, `${key} ${heldBy(kept, key)}`]);
    }
  for (const name of await caches.keys()) {
    const one = await caches.open(name);
    for (const request of await one.keys()) {
      const response = await one.match(request);
      cache.push([`Cache “${name}” ${request.url}`, `${request.url} ${await response.text()}`]);
    }
  }
  const done = request => new Promise((good, bad) => {
    request.onsuccess = () => good(request.result);
    request.onerror = () => bad(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const held = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([done(held.getAllKeys()), done(held.getAll())]);
      cache.push([`IndexedDB “${name}” ${store}`, JSON.stringify([keys, values])]);
    }
    database.close();
  }
  return { storage, cache };
}

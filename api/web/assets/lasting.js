/* Lets pages be asked for again where there is no network: a page of our own stands in, and goes on by itself. */
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/service-worker.js").catch(() => {});

// What the looking stands on in its own world of a page: the elements are the page's, the functions are not.
(() => {
  // a document and a form hide what they have of their own behind elements of that name: it is taken where it is made
  const own = (kind, name) => {
    const { get, value } = Object.getOwnPropertyDescriptor(kind.prototype, name);
    return (each, ...told) => (get ?? value).apply(each, told);
  };
  const inDocument = own(Document, "querySelectorAll"), inRoot = own(DocumentFragment, "querySelectorAll");
  const insideOf = own(Element, "shadowRoot"), parentOf = own(Node, "parentElement"), childrenOf = own(Element, "children");
  const boxOf = own(Element, "getBoundingClientRect"), within = own(Element, "closest"), nameOf = own(Element, "tagName");
  const isShown = own(Element, "checkVisibility"), attribute = own(Element, "getAttribute"), addressOf = own(HTMLAnchorElement, "href");
  const page = () => own(Document, "documentElement")(document);
  const found = (root, selector) => [...(root === document ? inDocument : inRoot)(root, selector)];
  const roots = () => {
    const all = [document]; // and what stands inside of elements; it grows while it is gone through
    for (const root of all) all.push(...found(root, "*").map(insideOf).filter(Boolean));
    return all;
  };
  const all = selector => roots().flatMap(root => found(root, selector));
  const isSeen = element => {
    const box = boxOf(element), style = getComputedStyle(element);
    const isClipped = style.clipPath !== "none" || style.clip === "rect(0px, 0px, 0px, 0px)";
    return isShown(element, { opacityProperty: true, visibilityProperty: true })
      && box.width > 1 && box.height > 1 && !(isClipped && box.width < 2) && box.right > 0 && box.bottom > 0;
  };
  const selector = element => {
    const parts = [];
    for (let each = element; each && each !== page(); each = parentOf(each) ?? own(Node, "getRootNode")(each).host) {
      const id = attribute(each, "id"), parent = parentOf(each);
      if (id) return [`#${CSS.escape(id)}`, ...parts].join(" > ");
      const alike = parent ? [...childrenOf(parent)].filter(one => nameOf(one) === nameOf(each)) : [];
      parts.unshift(nameOf(each).toLowerCase() + (alike.length > 1 ? `:nth-of-type(${alike.indexOf(each) + 1})` : ""));
    }
    return parts.join(" > ");
  };
  const links = () => all("a[href]").filter(isSeen).map(each => [addressOf(each), selector(each)]);
  const marked = () => all("[onfocus=gate]").map(selector); // texts of the second citizen that became elements
  const policy = [];
  addEventListener("securitypolicyviolation", // before any listener of the page's, that might stop it
    event => policy.push([event.effectiveDirective, event.blockedURI]), true);
  globalThis.gate = { own, page, roots, all, boxOf, within, nameOf, parentOf, isSeen, selector, links, marked, policy };
})();

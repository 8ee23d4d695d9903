// What is to be measured on a page: [{rule, selector, told}], at most `most` of each rule.
({ letters, target, spacing, width, numbers, number, named, most }) => {
  const { own, page, roots, all, boxOf, within, nameOf, parentOf, isSeen, selector } = gate;
  const nodesOf = own(Node, "childNodes"), textOf = own(Node, "textContent"), walk = own(Document, "createTreeWalker");
  const body = own(Document, "body")(document), whole = own(Element, "scrollWidth")(page());
  const found = [], counts = new Map();
  const clean = text => text.replace(/[\s-]/g, "");
  const short = text => (text.trim().length > 24 ? `${text.trim().slice(0, 24)}…` : text.trim());
  const tell = (rule, element, told) => {
    const count = (counts.get(rule) ?? 0) + 1;
    counts.set(rule, count);
    if (count <= most) found.push({ rule, selector: element ? selector(element) : "", told });
  };
  const isHidden = element => !isSeen(element) || within(element, "[aria-hidden=true], noscript, script, style");

  // letters and lines
  const blocks = new Set();
  let shown = 0;
  const texts = root => {
    const nodes = [], walker = walk(document, root === document ? body : root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  };
  for (const node of roots().flatMap(texts)) {
    const parent = parentOf(node) ?? node.parentNode.host, text = node.data.trim();
    if (!text || isHidden(parent)) continue;
    shown += 1;
    const style = getComputedStyle(parent), size = parseFloat(style.fontSize);
    if (letters && size < letters && !within(parent, "sup, sub, rt"))
      tell("elder.letters", parent, `“${short(text)}” is ${size} px large`);
    const held = new Range();
    held.selectNodeContents(node);
    const tops = [...new Set([...held.getClientRects()].map(box => Math.round(box.top)))].sort((a, b) => a - b);
    const step = Math.min(...tops.slice(1).map((top, at) => top - tops[at]));
    if (step < spacing * size - 1)
      tell("page.spacing", parent, `“${short(text)}” has a line every ${step} px, with letters of ${size} px`);
    if (numbers.some(number => clean(text).includes(number)) && !within(parent, 'a[href^="tel:"]'))
      tell("page.masking", parent, `“${short(text)}” is shown in full`);
    if (letters && isMark(parent, clean(text))) tell("elder.ads", parent, `“${short(text)}” marks it`);
    blocks.add(parent);
  }
  const isDrawn = all("img, svg, canvas, video, input, button, select").some(isSeen);
  if (!shown && !isDrawn) tell("page.blank", null, "");

  // the mark that the law asks of advertisements: on a picture half as wide as the screen, or beside what ends them
  function isMark(element, text) {
    if (/^[(（[【]?(?:跳过|关闭|屏蔽)广告[)）\]】]?\d{0,2}s?$/.test(text)) return true;
    if (!/^[(（[【]?广告[)）\]】]?$/.test(text)) return false;
    const above = [parentOf(element), parentOf(parentOf(element) ?? element)].filter(Boolean);
    return above.some(each => each !== body && [...nodesOf(each)].some(one => one instanceof Element
      && one.matches?.("img, picture, video, canvas") && boxOf(one).width >= width / 2));
  }

  // paragraphs
  for (const second of all("p + p")) {
    const first = second.previousElementSibling;
    if (!blocks.has(first) || !blocks.has(second)) continue;
    const gap = boxOf(second).top - boxOf(first).bottom;
    const line = parseFloat(getComputedStyle(second).lineHeight) || parseFloat(getComputedStyle(second).fontSize) * 1.2;
    if (gap >= 0 && gap < 0.3 * line - 0.5) tell("page.paragraphs", second, `${Math.round(gap)} px are between them`);
  }

  // what is tapped
  const TAPPED = "a[href], button, input, select, textarea, summary, [role=button], [role=link], [role=tab], [onclick]";
  const INDUCES = /^(?:立即|马上|点击|免费|一键|前往|去)?(?:下载|安装|打开)[^，。、]{0,8}(?:APP|客户端)(?:[领享看].+)?[!！>]*$/i;
  const isInSentence = element => getComputedStyle(element).display === "inline" && nameOf(element) === "A"
    && [...nodesOf(parentOf(element) ?? element)].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  for (const each of all(TAPPED)) {
    if (each.type === "hidden" || each.disabled === true || isHidden(each)) continue;
    if (letters && INDUCES.test(clean(textOf(each)))) tell("elder.download", each, `“${short(textOf(each))}” is to be tapped`);
    if (isInSentence(each)) continue;
    const labels = each.labels instanceof NodeList ? [...each.labels] : [];
    const boxes = [each, ...labels, within(each, "label")].filter(Boolean).map(one => boxOf(one));
    const isLarge = boxes.some(box => box.width >= target - 0.5 && box.height >= target - 0.5);
    const [{ width: wide, height: high }] = boxes;
    if (!isLarge)
      tell(letters ? "elder.targets" : "page.targets", each, `it is ${Math.round(wide)} × ${Math.round(high)} px`);
  }

  // ways to sign in of its own, also those that a script has drawn
  const attribute = own(Element, "getAttribute"), [asksNumber, asksName] = [number, named].map(each => new RegExp(each, "i"));
  const called = each => ["name", "id", "placeholder", "aria-label"].map(one => attribute(each, one) ?? "").join(" ");
  const fields = all("input").filter(each => !isHidden(each));
  for (const each of fields)
    if (attribute(each, "type")?.toLowerCase() === "password") tell("login.drawn", each, "it asks for a password");
  const asked = fields.find(each => asksNumber.test(called(each)));
  if (asked && fields.some(each => asksName.test(called(each)))) tell("login.drawn", asked, "it asks for name and ID number");

  // across
  if (whole > width + 1) {
    const wide = all("body *").find(each => !isHidden(each) && boxOf(each).right + scrollX > width + 1);
    tell("page.sideways", wide ?? body, `the page is ${whole} px wide`);
  }
  return found;
}

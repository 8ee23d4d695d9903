// What is to be measured on a page: [{rule, selector, told}], at most `most` of each rule.
({ letters, target, spacing, width, numbers, most }) => {
  const found = [], counts = new Map();
  const clean = text => text.replace(/[\s-]/g, "");
  const short = text => (text.trim().length > 24 ? `${text.trim().slice(0, 24)}…` : text.trim());
  const selector = element => {
    const parts = [];
    for (let each = element; each && each !== document.documentElement; each = each.parentElement) {
      if (each.id) return [`#${CSS.escape(each.id)}`, ...parts].join(" > ");
      const alike = [...(each.parentElement?.children ?? [])].filter(one => one.tagName === each.tagName);
      const place = alike.length > 1 ? `:nth-of-type(${alike.indexOf(each) + 1})` : "";
      parts.unshift(each.tagName.toLowerCase() + place);
    }
    return parts.join(" > ");
  };
  const tell = (rule, element, told) => {
    const count = (counts.get(rule) ?? 0) + 1;
    counts.set(rule, count);
    if (count <= most) found.push({ rule, selector: element ? selector(element) : "", told });
  };
  const isSeen = element => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const isClipped = style.clipPath !== "none" || style.clip === "rect(0px, 0px, 0px, 0px)";
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      && box.width > 1 && box.height > 1 && !(isClipped && box.width < 2) && box.right > 0 && box.bottom > 0;
  };
  const isHidden = element => !isSeen(element) || element.closest("[aria-hidden=true], noscript, script, style");

  // letters and lines
  const blocks = new Set();
  let shown = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement, text = node.data.trim();
    if (!text || isHidden(parent)) continue;
    shown += 1;
    const style = getComputedStyle(parent), size = parseFloat(style.fontSize);
    if (letters && size < letters && !parent.closest("sup, sub, rt"))
      tell("elder.letters", parent, `“${short(text)}” is ${size} px large`);
    const held = document.createRange();
    held.selectNodeContents(node);
    const tops = [...new Set([...held.getClientRects()].map(box => Math.round(box.top)))].sort((a, b) => a - b);
    const step = Math.min(...tops.slice(1).map((top, at) => top - tops[at]));
    if (step < spacing * size - 1)
      tell("page.spacing", parent, `“${short(text)}” has a line every ${step} px, with letters of ${size} px`);
    if (numbers.some(number => clean(text).includes(number)))
      tell("page.masking", parent, `“${short(text)}” is shown in full`);
    blocks.add(parent);
  }
  const isDrawn = [...document.querySelectorAll("img, svg, canvas, video, input, button, select")].some(isSeen);
  if (!shown && !isDrawn) tell("page.blank", null, "");

  // paragraphs
  for (const second of document.querySelectorAll("p + p")) {
    const first = second.previousElementSibling;
    if (!blocks.has(first) || !blocks.has(second)) continue;
    const gap = second.getBoundingClientRect().top - first.getBoundingClientRect().bottom;
    const line = parseFloat(getComputedStyle(second).lineHeight) || parseFloat(getComputedStyle(second).fontSize) * 1.2;
    if (gap >= 0 && gap < 0.3 * line - 0.5) tell("page.paragraphs", second, `${Math.round(gap)} px are between them`);
  }

  // what is tapped
  const TAPPED = "a[href], button, input, select, textarea, summary, [role=button], [role=link], [role=tab], [onclick]";
  const isInSentence = element => getComputedStyle(element).display === "inline" && element.tagName === "A"
    && [...element.parentElement.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  for (const each of document.querySelectorAll(TAPPED)) {
    if (each.type === "hidden" || each.disabled || isHidden(each) || isInSentence(each)) continue;
    const boxes = [each, ...(each.labels ?? []), each.closest("label")].filter(Boolean)
      .map(one => one.getBoundingClientRect());
    const isLarge = boxes.some(box => box.width >= target - 0.5 && box.height >= target - 0.5);
    const [{ width: wide, height: high }] = boxes;
    if (!isLarge)
      tell(letters ? "elder.targets" : "page.targets", each, `it is ${Math.round(wide)} × ${Math.round(high)} px`);
  }

  // across
  if (document.documentElement.scrollWidth > width + 1) {
    const wide = [...document.body.querySelectorAll("*")].find(
      each => !isHidden(each) && each.getBoundingClientRect().right + scrollX > width + 1);
    tell("page.sideways", wide ?? document.body, `the page is ${document.documentElement.scrollWidth} px wide`);
  }
  return { found, counts: Object.fromEntries(counts) };
}

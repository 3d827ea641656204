// The texts of the page that stand out too little from what is behind them, by the formula of WCAG 2.
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

function channels(color, under) {
  canvas.clearRect(0, 0, 1, 1);
  for (const paint of [...under, color]) {
    canvas.fillStyle = paint;
    canvas.fillRect(0, 0, 1, 1);
  }
  return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

function luminance(color) {
  const [red, green, blue] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function behind(element) {
  const found = [];
  for (let at = element; at; at = at.parentElement) found.unshift(getComputedStyle(at).backgroundColor);
  return [getComputedStyle(document.body).colorScheme.includes("dark") ? "black" : "white", ...found];
}

const faint = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const holder = texts.currentNode.parentElement;
  if (!texts.currentNode.nodeValue.trim() || !holder.checkVisibility() || holder.closest("script, style, progress")) continue;
  const style = getComputedStyle(holder);
  const under = behind(holder);
  const pair = [channels(style.color, under), channels("transparent", under)].map(luminance).sort((a, b) => b - a);
  const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
  if (ratio < 4.5) faint.push(`${ratio.toFixed(2)}: ${texts.currentNode.nodeValue.trim()}`);
}
return faint;

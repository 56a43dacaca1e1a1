/* Reads out the marks of charts: under the pointer, a finger, or with the arrow keys. */
"use strict";

const KEYS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/* How far a point is from a box along one axis; nothing within it. */
function gap(at, from, to) {
  return Math.max(from - at, 0, at - to);
}

/* Along a time axis the nearest mark counts, however low its bar is. */
function distance(follow, box, x, y) {
  const dx = gap(x, box.left, box.right);
  const dy = gap(y, box.top, box.bottom);
  if (follow === "x") return dx * 1000 + dy;
  if (follow === "y") return dy * 1000 + dx;
  return Math.hypot(dx, dy);
}

function follow(figure) {
  const svg = figure.querySelector("svg");
  const marks = Array.from(svg.querySelectorAll("[role=graphics-symbol]"));
  if (!marks.length) return;
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("role", "status");
  figure.append(tip);
  let current = -1;

  /* The browser's own tooltip would lie over ours. */
  const title = svg.querySelector("title");
  svg.setAttribute("aria-label", title.textContent);
  svg.removeAttribute("aria-labelledby");
  title.remove();
  svg.setAttribute("tabindex", "0");

  function hide() {
    if (current >= 0) marks[current].classList.remove("shown");
    current = -1;
    tip.hidden = true;
  }

  function show(number) {
    if (number === current) return;
    hide();
    current = number;
    const mark = marks[number];
    mark.classList.add("shown");
    tip.textContent = mark.getAttribute("aria-label");
    tip.hidden = false;
    const around = figure.getBoundingClientRect();
    const box = mark.getBoundingClientRect();
    const middle = (box.left + box.right) / 2 - around.left - tip.offsetWidth / 2;
    const right = around.width - tip.offsetWidth - 4;
    const above = box.top - around.top - tip.offsetHeight - 6;
    tip.style.left = Math.max(4, Math.min(middle, right)) + "px";
    tip.style.top = (above < 0 ? box.bottom - around.top + 6 : above) + "px";
  }

  function nearest(x, y) {
    let best = 0;
    let least = Infinity;
    marks.forEach((mark, number) => {
      const far = distance(figure.dataset.follow, mark.getBoundingClientRect(), x, y);
      if (far < least) [best, least] = [number, far];
    });
    return best;
  }

  const point = (event) => show(nearest(event.clientX, event.clientY));
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse" && document.activeElement !== svg) hide();
  });
  svg.addEventListener("focus", () => {
    if (current < 0 && svg.matches(":focus-visible")) show(0);
  });
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", (event) => {
    const last = marks.length - 1;
    if (event.key === "Escape") hide();
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(last);
    else if (event.key in KEYS) show(Math.max(0, Math.min(last, current + KEYS[event.key])));
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
}

document.querySelectorAll("figure.chart").forEach(follow);

// The verification desk: the field in hand is framed on the page; Ctrl+Enter files.
import "./viewer.js";

const form = document.querySelector("[data-desk]");
const root = document.querySelector("[data-viewer]");
const frame = root.querySelector("[data-box]");
const sheet = root.querySelector(".sheet");
let held = null;

function place() {
  const here = held && Number(held.dataset.onPage) === root.viewer.page && !root.viewer.image.hidden;
  frame.hidden = !here;
  if (!here) return;
  const [x0, y0, x1, y1] = held.dataset.edges.split(",").map(Number);
  const margin = 0.006;
  frame.style.left = `${(x0 - margin) * 100}%`;
  frame.style.top = `${(y0 - margin) * 100}%`;
  frame.style.width = `${(x1 - x0 + 2 * margin) * 100}%`;
  frame.style.height = `${(y1 - y0 + 2 * margin) * 100}%`;
  const middle = ((y0 + y1) / 2) * root.viewer.image.clientHeight;
  sheet.scrollTo({ top: Math.max(0, middle - sheet.clientHeight / 2), behavior: "smooth" });
}

form.addEventListener("focusin", (event) => {
  held = event.target.closest("[data-edges]");
  if (held) root.viewer.turnTo(Number(held.dataset.onPage));
  place();
});
root.addEventListener("page", () => { frame.hidden = true; });
root.viewer.image.addEventListener("load", place);

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit();
  }
});

// Another record type has other fields: fetch its form.
const type = form.querySelector("[data-reload]");
type.addEventListener("change", () => {
  location.assign(`${type.dataset.reload}?${new URLSearchParams({ type: type.value })}`);
});

// Begin where something is missing.
const empty = [...form.querySelectorAll("[required], [data-required]")].find((field) => !field.value);
(empty ?? form.querySelector("[data-edges]") ?? type).focus({ preventScroll: true });

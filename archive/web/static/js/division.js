// The pages of a file side by side: arrow keys move, a letter sets what a page is.

const form = document.querySelector("[data-division]");
const sheets = [...form.querySelectorAll("[data-sheet]")];
const thumbs = sheets.map((sheet) => sheet.querySelector("[data-thumb]"));

function go(n) {
  const next = thumbs[Math.max(0, Math.min(thumbs.length - 1, n))];
  for (const thumb of thumbs) thumb.tabIndex = thumb === next ? 0 : -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function turn(sheet) {
  const image = sheet.querySelector("img");
  const field = sheet.querySelector("[data-turned]");
  field.value = String((Number(field.value) + 270) % 360);
  if (image) image.className = `turned-${field.value}`;
}

form.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const sheet = event.target.closest("[data-sheet]");
  const at = sheets.indexOf(sheet);
  if (at < 0) return;
  const across = Math.max(1, thumbs.filter((thumb) => thumb.getBoundingClientRect().top === thumbs[0].getBoundingClientRect().top).length);
  const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const locked = sheet.classList.contains("locked");
  if (key in moves) go(at + moves[key]);
  else if (key === "s" && !locked) sheet.querySelector("[data-begins]").click();
  else if (key === "x" && !locked) sheet.querySelector("[data-out]").click();
  else if (key === "r" && !locked) turn(sheet);
  else if (key === "Enter" && !event.target.closest("button")) form.requestSubmit(form.querySelector(".action-bar button"));
  else return;
  event.preventDefault();
  event.stopPropagation();
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-turn-sheet]");
  if (button) turn(button.closest("[data-sheet]"));
  const thumb = event.target.closest("[data-thumb]");
  if (thumb) go(thumbs.indexOf(thumb));
});

const joined = new URLSearchParams(location.search).get("join");
const unset = joined ? sheets.find((sheet) => sheet.querySelector("[data-begins]:not(:checked):not(:disabled)")) : null;
go(unset ? sheets.indexOf(unset) : 0);

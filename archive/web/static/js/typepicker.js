// A long list of record types chosen by typing: Chinese, the first letters of the pinyin, English, or the code.
// The select stays what is sent and what works without this script; the box in front of it only finds.

const MOST = 12;

export function typePicker(select) {
  if (!select || select.disabled || select.closest("fieldset")?.disabled) return null;
  const options = [...select.options].filter((option) => option.value);
  const box = document.createElement("input");
  const list = document.createElement("ul");
  list.id = "type-list";
  list.className = "pick-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", select.labels[0].textContent);
  list.hidden = true;
  Object.assign(box, { type: "text", className: "form-control", autocomplete: "off", spellcheck: false, id: "type" });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) box.setAttribute(name, value);
  for (const name of ["aria-describedby", "data-key", "data-doubtful", "data-edges", "data-on-page"]) {
    if (select.hasAttribute(name)) box.setAttribute(name, select.getAttribute(name));
    select.removeAttribute(name);
  }
  box.placeholder = select.options[0].textContent;
  select.id = "type-chosen";
  select.hidden = true;
  select.after(box, list);
  let at = 0;
  let found = [];

  const name = () => (select.value ? select.selectedOptions[0].textContent : "");
  const mark = () => {
    [...list.children].forEach((row, n) => row.setAttribute("aria-selected", String(n === at)));
    const row = list.children[at];
    if (row) box.setAttribute("aria-activedescendant", row.id);
    else box.removeAttribute("aria-activedescendant");
  };
  const rank = (option, words) => {
    const seek = option.dataset.seek;
    if (!words.every((word) => seek.includes(word))) return 0;
    const [, zh, first] = seek.split(" ");
    return zh === words[0] || first === words[0] ? 4 : seek.split(" ").some((part) => part.startsWith(words[0])) ? 3 : 1;
  };
  const open = (everything = false) => {
    const words = everything ? [] : box.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    found = options
      .map((option, n) => ({ option, n, rank: words.length ? rank(option, words) : 1 }))
      .filter((one) => one.rank)
      .sort((a, b) => b.rank - a.rank || a.n - b.n)
      .slice(0, MOST)
      .map((one) => one.option);
    list.replaceChildren(
      ...found.map((option, n) => {
        const row = document.createElement("li");
        row.id = `type-${n}`;
        row.setAttribute("role", "option");
        row.textContent = option.textContent;
        const code = document.createElement("span");
        code.className = "quiet code";
        code.textContent = option.value;
        row.append(code);
        return row;
      }),
    );
    at = 0;
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    mark();
  };
  const close = () => {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
    box.value = name();
  };
  const pick = (option) => {
    const changed = select.value !== option.value;
    select.value = option.value;
    close();
    if (changed) box.dispatchEvent(new CustomEvent("picked", { bubbles: true }));
  };

  box.addEventListener("focus", () => box.select());
  box.addEventListener("input", () => open());
  box.addEventListener("click", () => open(true));
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    const opened = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!opened) open(true);
      else at = (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
      mark();
    } else if (event.key === "Enter" && opened) pick(found[at]);
    else if (event.key === "Escape" && opened) {
      event.stopPropagation();
      close();
    } else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const row = event.target.closest("[role=option]");
    if (row) pick(found[[...list.children].indexOf(row)]);
  });
  box.value = name();
  return box;
}

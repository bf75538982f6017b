// What every page has: the menu on small screens, keys, countdowns, questions before what cannot be undone.

export const csrf = () => document.querySelector('meta[name="csrf-token"]').content;

const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

function menu() {
  const button = document.querySelector("[data-menu]");
  button?.addEventListener("click", () => {
    const open = document.body.classList.toggle("menu-open");
    button.setAttribute("aria-expanded", String(open));
  });
}

function keys() {
  const help = document.getElementById("keys");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target)) event.target.blur();
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?" && help) {
      event.preventDefault();
      help.showModal();
      return;
    }
    const wanted = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("input, select, textarea")) {
      wanted.focus();
      wanted.select?.();
    } else {
      wanted.click();
    }
  });
}

function countdowns() {
  const show = () => {
    for (const place of document.querySelectorAll("[data-until]")) {
      const seconds = Math.floor((new Date(place.dataset.until) - Date.now()) / 1000);
      if (seconds <= 0) {
        if (!place.dataset.over) {
          place.dataset.over = "1";
          location.reload();
        }
      } else if (seconds < 3600) {
        const clock = [Math.floor(seconds / 60), seconds % 60].map((n) => String(n).padStart(2, "0"));
        place.textContent = clock.join(":");
        place.classList.add("soon");
      }
    }
  };
  if (document.querySelector("[data-until]")) {
    show();
    setInterval(show, 1000);
  }
}

function questions() {
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });
}

function prints() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
}

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = csrf();
});
// What a failed part says is shown where the part would stand.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

menu();
keys();
countdowns();
questions();
prints();

// Before the first paint: follow the system where the person has not chosen.
(() => {
  const root = document.documentElement;
  if (root.hasAttribute("data-bs-theme")) return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  dark.addEventListener("change", follow);
  follow();
})();

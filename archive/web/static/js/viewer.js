// Pages of a record: one image at a time, turned by buttons and arrow keys, enlarged by +.

export function viewer(root) {
  const image = root.querySelector("[data-image]");
  const failed = root.querySelector("[data-failed]");
  const number = root.querySelector("[data-number]");
  const zoom = root.querySelector("[data-zoom]");
  const pages = Number(root.dataset.pages);
  const named = image.alt;
  let page = Number(root.dataset.page);
  let wide = false;

  const sheet = root.querySelector("[data-sheet]");
  const places = (root.dataset.places || "").split(";").filter(Boolean).map((p) => p.split(",").map(Number));

  // The words that a search found, framed where they stand on the page.
  const mark = () => {
    for (const old of root.querySelectorAll(".box.found")) old.remove();
    for (const [on, x0, y0, x1, y1] of places) {
      if (on !== page || image.hidden) continue;
      const box = document.createElement("span");
      box.className = "box found";
      box.style.left = `${x0 * 100}%`;
      box.style.top = `${y0 * 100}%`;
      box.style.width = `${(x1 - x0) * 100}%`;
      box.style.height = `${(y1 - y0) * 100}%`;
      sheet.append(box);
    }
  };

  const address = (n) => {
    const query = new URLSearchParams({ width: wide ? "1600" : "1000" });
    if (root.dataset.version) query.set("version", root.dataset.version);
    return `${root.dataset.source}${n}.jpg?${query}`;
  };

  const show = () => {
    root.classList.add("loading");
    for (const old of root.querySelectorAll(".box.found")) old.remove();
    failed.hidden = true;
    image.hidden = false;
    image.src = address(page);
    image.alt = named.replace(/\d+/, String(page));
    number.textContent = String(page);
    for (const turn of root.querySelectorAll("[data-turn]")) {
      const there = page + Number(turn.dataset.turn);
      const possible = there >= 1 && there <= pages;
      turn.classList.toggle("disabled", !possible);
      turn.setAttribute("aria-disabled", String(!possible));
    }
    root.dispatchEvent(new CustomEvent("page", { detail: page }));
  };

  const turnTo = (n) => {
    if (n < 1 || n > pages || n === page) return;
    page = n;
    if (root.dataset.version) {
      const here = new URL(location.href);
      here.searchParams.set("page", String(page));
      history.replaceState(null, "", here);
    }
    show();
  };

  image.addEventListener("load", () => {
    root.classList.remove("loading");
    if (places.length) mark();
  });
  image.addEventListener("error", () => {
    root.classList.remove("loading");
    image.hidden = true;
    failed.hidden = false;
  });
  if (!image.complete) root.classList.add("loading");
  else if (image.naturalWidth === 0) image.dispatchEvent(new Event("error"));
  else if (places.length) mark();

  root.addEventListener("click", (event) => {
    const turn = event.target.closest("[data-turn]");
    if (!turn) return;
    event.preventDefault();
    turnTo(page + Number(turn.dataset.turn));
  });
  const enlarge = (on = !wide) => {
    wide = on;
    zoom.setAttribute("aria-pressed", String(wide));
    root.classList.toggle("wide", wide);
    image.src = address(page);
  };
  zoom.addEventListener("click", () => enlarge());
  document.addEventListener("keydown", (event) => {
    if (!root.isConnected) return;
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowLeft") turnTo(page - 1);
    else if (event.key === "ArrowRight") turnTo(page + 1);
    else if (event.key === "+" || event.key === "=") enlarge();
    else return;
    event.preventDefault();
  });

  for (const turn of root.querySelectorAll("[data-turn]")) {
    const there = page + Number(turn.dataset.turn);
    turn.classList.toggle("disabled", there < 1 || there > pages);
    turn.setAttribute("aria-disabled", String(there < 1 || there > pages));
  }
  watch(root, image);
  const shown = { root, turnTo, enlarge, get page() { return page; }, get wide() { return wide; }, image };
  root.viewer = shown;
  return shown;
}

const ASK_EVERY = 10000;

/** Cover the page as soon as the grant under which it is shown has ended; the server refuses the next one anyway. */
function watch(root, image) {
  const ended = root.querySelector("[data-ended]");
  if (!root.dataset.watch || !ended) return;
  const ask = async () => {
    const answer = await fetch(root.dataset.watch, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer === null || (answer.ok && (await answer.json()).open)) return;
    if (answer.status >= 500) return;
    clearInterval(asking);
    image.removeAttribute("src");
    image.hidden = true;
    ended.hidden = false;
    for (const control of root.querySelectorAll(".viewer-bar a, .viewer-bar button")) control.hidden = true;
  };
  const asking = setInterval(ask, ASK_EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
}

for (const root of document.querySelectorAll("[data-viewer]")) viewer(root);

// The verification desk: keys, the field in hand framed on the page, the next record there before it is asked for.
import { csrf } from "./app.js";
import { viewer } from "./viewer.js";
import { typePicker } from "./typepicker.js";

const room = document.querySelector("[data-desk-room]");
const done = document.querySelector("[data-done]");
const said = document.querySelector("[data-said]");
const keys = document.getElementById("desk-keys");
const PART = { "HX-Request": "true" };
const SMALL = 17; // pixels: a line lower than this is hard to read
let upcoming = null;
let busy = false;

const item = () => room.querySelector("[data-item]");
const form = () => room.querySelector("[data-desk]");

async function fetched(address, options = {}) {
  const answer = await fetch(address, { ...options, headers: { ...PART, ...options.headers } });
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere) location.assign(elsewhere);
  return answer;
}

function made(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return document.importNode(template.content, true).firstElementChild;
}

// --- the page beside the field

function frames(here, shown) {
  const frame = here.querySelector("[data-box]");
  const sheet = here.querySelector(".sheet");
  let held = null;
  let enlarged = false;

  const place = () => {
    const visible = held && Number(held.dataset.onPage) === shown.page && !shown.image.hidden;
    frame.hidden = !visible;
    if (!visible) return;
    const [x0, y0, x1, y1] = held.dataset.edges.split(",").map(Number);
    const margin = 0.006;
    frame.style.left = `${(x0 - margin) * 100}%`;
    frame.style.top = `${(y0 - margin) * 100}%`;
    frame.style.width = `${(x1 - x0 + 2 * margin) * 100}%`;
    frame.style.height = `${(y1 - y0 + 2 * margin) * 100}%`;
    const image = shown.image;
    sheet.scrollTo({
      top: Math.max(0, ((y0 + y1) / 2) * image.clientHeight - sheet.clientHeight / 2),
      left: Math.max(0, ((x0 + x1) / 2) * image.clientWidth - sheet.clientWidth / 2),
      behavior: "smooth",
    });
  };

  const zoom = () => {
    const [, y0, , y1] = held.dataset.edges.split(",").map(Number);
    const fitting = shown.wide ? sheet.clientWidth * (shown.image.clientHeight / shown.image.clientWidth) : shown.image.clientHeight;
    const small = (y1 - y0) * fitting < SMALL;
    if (small && !shown.wide) {
      enlarged = true;
      shown.enlarge(true);
    } else if (!small && enlarged && shown.wide) {
      enlarged = false;
      shown.enlarge(false);
    }
  };

  here.addEventListener("focusin", (event) => {
    const field = event.target.closest("[data-edges]");
    if (!field && event.target.closest(".sheet, .viewer-bar")) return;
    held = field;
    if (held) {
      shown.turnTo(Number(held.dataset.onPage));
      if (shown.image.clientHeight) zoom();
    }
    place();
  });
  shown.root.addEventListener("page", () => {
    frame.hidden = true;
    const number = here.querySelector("[data-page-number]");
    if (number) number.value = String(shown.page);
  });
  shown.image.addEventListener("load", place);
}

// --- fields

const fields = () => [...form().querySelectorAll("select, input:not([type=hidden])")].filter((f) => f.offsetParent);

function onwards(from) {
  const all = fields();
  const rest = all.slice(all.indexOf(from) + 1);
  const next = rest.find((f) => f.matches("[data-doubtful]")) ?? form().querySelector("[data-accept]");
  next.focus();
  next.select?.();
}

function begin() {
  const all = fields();
  const empty = all.find((f) => f.matches("[required], [data-required]") && !f.value);
  const doubtful = all.find((f) => f.matches("[data-doubtful]"));
  const first = room.querySelector("[role=alert]") ? empty ?? doubtful : doubtful ?? empty;
  (first ?? form().querySelector("[data-accept]")).focus({ preventScroll: true });
}

// Another record type has other fields: fetch its form, keep what was typed.
async function another(select) {
  const typed = new Map(fields().map((f) => [f.name, f.value]));
  const query = new URLSearchParams(item().dataset.query);
  query.set("form", select.value);
  const answer = await fetched(`${select.dataset.form}?${query}`);
  if (!answer.ok) return location.assign(`${select.dataset.form}?${query}`);
  show(made(await answer.text()), { focus: false });
  for (const field of fields()) if (typed.get(field.name) && field.name !== "type") field.value = typed.get(field.name);
  const next = fields().find((f) => f.matches("[data-doubtful]") && f.name !== "type" && !f.value);
  (next ?? form().querySelector("[data-accept]")).focus({ preventScroll: true });
}

// --- from record to record

function show(node, { focus = true } = {}) {
  room.replaceChildren(node);
  arrange();
  window.scrollTo({ top: 0 });
  if (focus && form()) begin();
}

function arrange() {
  const here = item();
  if (!here) return;
  const root = here.querySelector("[data-viewer]");
  frames(here, root.viewer ?? viewer(root));
  const select = here.querySelector("[data-form]");
  const picker = typePicker(select);
  select.addEventListener("change", () => another(select));
  picker?.addEventListener("picked", () => another(select));
  here.querySelector("[data-previous]").hidden = !(history.state?.depth > 0);
}

function remember(push) {
  const depth = (history.state?.depth ?? 0) + (push ? 1 : 0);
  const state = { depth };
  if (push) history.pushState(state, "", item().dataset.address);
  else history.replaceState(state, "", location.href);
}

async function ahead() {
  const here = item();
  upcoming = null;
  if (!here || here.hasAttribute("data-closed")) return;
  const query = new URLSearchParams(here.dataset.query);
  query.set("after", here.dataset.item);
  const answer = await fetched(`/verify?${query}`);
  if (item() !== here || answer.status !== 200) return;
  const node = made(await answer.text());
  if (item() === here && node?.dataset.item !== here.dataset.item) upcoming = node;
}

function goOn(from) {
  if (!upcoming) {
    location.assign(from.querySelector("[data-next]").href);
    return;
  }
  show(upcoming);
  const left = done.querySelector("[data-left]"); // it was made before the last decision
  if (left) item().querySelector("[data-waiting]").textContent = left.textContent;
  remember(true);
  item().querySelector("[data-previous]").hidden = false;
  ahead();
}

async function accept() {
  if (busy || !form() || item().hasAttribute("data-closed")) return;
  busy = true;
  const here = item();
  form().setAttribute("aria-busy", "true");
  try {
    const answer = await fetched(form().action, { method: "POST", body: new URLSearchParams(new FormData(form())) });
    const html = await answer.text();
    if (answer.ok) {
      done.innerHTML = html;
      said.textContent = done.querySelector("form > span")?.textContent ?? "";
      goOn(here);
    } else {
      show(made(html), { focus: answer.status === 422 });
      room.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
    }
  } catch {
    form()?.submit(); // no connection: the browser says so, and the form stays as it is
  } finally {
    form()?.removeAttribute("aria-busy");
    busy = false;
  }
}

// --- in hand

const inHand = () => [item(), upcoming].filter((node) => node?.dataset.lease);

async function alive() {
  const held = inHand();
  if (!held.length) return;
  const body = new URLSearchParams(held.map((node) => ["keep", node.dataset.item]));
  const answer = await fetch("/verify/hands", { method: "POST", body, headers: { "X-CSRF-Token": csrf(), Accept: "application/json" } });
  if (!answer.ok) return;
  const { kept } = await answer.json();
  for (const node of held) {
    const until = kept[node.dataset.item];
    if (until) node.dataset.lease = until;
    else if (node === upcoming) ahead();
    else if (node === item()) location.reload();
  }
}

addEventListener("pagehide", () => {
  const left = inHand();
  if (!left.length) return;
  const body = new FormData();
  body.append("csrf", csrf());
  for (const node of left) body.append("leave", `${node.dataset.item}=${node.dataset.lease}`);
  navigator.sendBeacon("/verify/hands", body);
});

// --- keys and buttons

room.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-desk]")) return;
  event.preventDefault();
  accept();
});

room.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) keys.showModal();
  if (event.target.closest("[data-previous]")) history.back();
  const next = event.target.closest("[data-next]");
  if (next && upcoming && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    goOn(item());
  }
  if (event.target.closest("[data-back] > summary")) {
    setTimeout(() => room.querySelector("[data-back][open] input[type=radio]")?.focus());
  }
});

room.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  const field = event.target.closest("[data-desk] input, [data-desk] select");
  if (!field) return;
  event.preventDefault();
  onwards(field);
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    accept();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // the desk's own sheet stands for the general one
  keys.showModal();
}, { capture: true });

addEventListener("popstate", () => location.reload());

arrange();
remember(false);
if (form()) begin();
ahead();
setInterval(alive, Number(room.dataset.heartbeat) * 1000);

// Sends files one after another, each with its progress; what the server took in is then shown from its own list.
import { csrf } from "./app.js";

const root = document.querySelector("[data-upload]");
const list = root.querySelector("[data-list]");
const chooser = root.querySelector("[data-files]");
const words = JSON.parse(root.dataset.words);
const waiting = [];
const AT_ONCE = 2;
let busy = 0;

function row(file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const state = document.createElement("span");
  const bar = document.createElement("progress");
  name.className = "name";
  name.textContent = file.name;
  state.className = "state";
  state.textContent = words.waiting;
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  item.append(name, bar, state);
  list.append(item);
  return { file, item, state, bar };
}

function send(task) {
  busy += 1;
  task.state.textContent = words.sending;
  const request = new XMLHttpRequest();
  const query = new URLSearchParams({ name: task.file.name });
  const type = root.querySelector("[data-type]").value;
  const house = root.querySelector("[data-house]").value.trim();
  if (type) query.set("type", type);
  if (house) query.set("house", house);
  request.open("POST", `/intake/${encodeURIComponent(root.dataset.batch)}/files?${query}`);
  request.setRequestHeader("X-CSRF-Token", csrf());
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) task.bar.value = event.loaded / event.total;
  });
  request.addEventListener("loadend", () => {
    busy -= 1;
    if (request.status === 202) received(task);
    else refused(task, request);
    next();
  });
  request.send(task.file);
}

function received(task) {
  task.item.remove();
  history.replaceState(null, "", `/intake/${encodeURIComponent(root.dataset.batch)}`);
  refresh();
}

function refused(task, request) {
  let said = words.failed;
  try {
    const { message, hint } = JSON.parse(request.responseText).error;
    said = `${message} ${hint}`;
  } catch { /* the connection broke: nothing was said */ }
  task.item.classList.add("failed");
  task.state.textContent = said;
  task.bar.hidden = true;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-sm";
  again.textContent = words.again;
  again.addEventListener("click", () => {
    task.item.remove();
    add([task.file]);
  });
  task.item.append(again);
}

let refreshing = null;
function refresh() {
  clearTimeout(refreshing);
  refreshing = setTimeout(() => {
    const place = document.getElementById("batch");
    place.hidden = false;
    if (!document.getElementById("batch-list")) place.innerHTML = '<div id="batch-list"></div>';
    htmx.ajax("GET", `/intake/${encodeURIComponent(root.dataset.batch)}`, { target: "#batch-list", swap: "outerHTML" });
  }, 150);
}

function next() {
  while (busy < AT_ONCE && waiting.length) send(waiting.shift());
}

function add(files) {
  for (const file of files) waiting.push(row(file));
  next();
}

chooser.addEventListener("change", () => {
  add([...chooser.files]);
  chooser.value = "";
});
for (const kind of ["dragenter", "dragover"]) {
  root.addEventListener(kind, (event) => {
    event.preventDefault();
    root.classList.add("over");
  });
}
for (const kind of ["dragleave", "drop"]) {
  root.addEventListener(kind, (event) => {
    event.preventDefault();
    root.classList.remove("over");
  });
}
root.addEventListener("drop", (event) => add([...event.dataTransfer.files].filter((f) => f.size > 0 || f.type)));
window.addEventListener("beforeunload", (event) => {
  if (busy || waiting.length) event.preventDefault();
});

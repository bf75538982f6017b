// The intake page: files wait in line, a few are sent at once, and what was taken in is shown from the server's list.
import { chosen, dropped } from "./dropped.js";
import { sending } from "./sending.js";

const root = document.querySelector("[data-upload]");
const part = (name) => root.querySelector(`[data-${name}]`);
const list = part("list");
const words = JSON.parse(root.dataset.words);
const AT_ONCE = 3;
const SHOWN = 60; // lines of waiting files; the rest is only counted
const tasks = new Set();
const totals = { files: 0, done: 0, bytes: 0, gone: 0 };

const inState = (...states) => [...tasks].filter((task) => states.includes(task.state));

function add(found) {
  for (const { file, folder } of found) {
    const task = { file, folder, state: "waiting", sent: 0, line: null, link: null };
    tasks.add(task);
    totals.files += 1;
    totals.bytes += file.size;
  }
  pump();
}

function pump() {
  for (const task of inState("waiting").slice(0, AT_ONCE - inState("sending").length)) start(task);
  for (const task of inState("waiting")) {
    if (list.childElementCount >= SHOWN) break;
    show(task);
  }
  summary();
}

function start(task) {
  show(task);
  turn(task, "sending");
  if (task.link) {
    task.link.resume();
    return;
  }
  const said = {
    batch: root.dataset.batch,
    folder: task.folder,
    type: part("type").value,
    house: part("house").value.trim(),
  };
  task.link = sending(task.file, said, {
    progress: (sent) => {
      task.sent = sent;
      if (task.state === "sending") note(task, words.sending);
      task.line.querySelector("progress").value = task.file.size ? sent / task.file.size : 1;
      summary();
    },
    waits: () => note(task, words.away),
    done: (batch) => received(task, batch),
    fails: (text) => {
      turn(task, "failed", text || words.failed);
      pump();
    },
  });
  task.link.start();
}

function received(task, batch) {
  forget(task);
  totals.done += 1;
  totals.gone += task.file.size;
  if (batch !== root.dataset.batch && !tasks.size) {
    location.assign(`/intake/${encodeURIComponent(batch)}`); // an upload of an earlier visit went on
    return;
  }
  history.replaceState(null, "", `/intake/${encodeURIComponent(root.dataset.batch)}`);
  refresh();
  pump();
}

function forget(task) {
  tasks.delete(task);
  task.line?.remove();
}

function show(task) {
  if (task.line) return;
  const line = root.querySelector("template").content.firstElementChild.cloneNode(true);
  line.querySelector(".name").textContent = task.file.name;
  line.querySelector("[data-folder]").textContent = task.folder;
  line.querySelector("progress").setAttribute("aria-label", task.file.name);
  const press = { pause, go, drop: cancel, again: go };
  for (const [name, act] of Object.entries(press)) {
    line.querySelector(`[data-do=${name}]`).addEventListener("click", () => act(task));
  }
  task.line = line;
  list.append(line);
  turn(task, task.state);
}

function turn(task, state, text = words[state]) {
  task.state = state;
  if (!task.line) return;
  task.line.dataset.state = state;
  note(task, text);
}

function note(task, text) {
  task.line.querySelector(".state").textContent = text;
}

function pause(task) {
  task.link?.pause();
  turn(task, "paused");
  pump();
}

function go(task) {
  turn(task, "waiting");
  pump();
}

function cancel(task) {
  task.link?.cancel();
  forget(task);
  totals.files -= 1;
  totals.bytes -= task.file.size;
  pump();
}

const plain = new Intl.NumberFormat(document.documentElement.lang);
const megabytes = (bytes) => `${plain.format(Math.round(bytes / 1e5) / 10)} MB`;

function summary() {
  const whole = part("whole");
  whole.hidden = !tasks.size;
  if (!tasks.size) {
    Object.assign(totals, { files: 0, done: 0, bytes: 0, gone: 0 });
    return;
  }
  const sent = totals.gone + [...tasks].reduce((sum, task) => sum + task.sent, 0);
  const bar = whole.querySelector("progress");
  bar.value = totals.bytes ? sent / totals.bytes : 0;
  const fill = { done: plain.format(totals.done), files: plain.format(totals.files), sent: megabytes(sent), bytes: megabytes(totals.bytes) };
  const text = words.whole.replace(/\{(\w+)\}/g, (_, key) => fill[key]);
  const place = whole.querySelector("[data-count]");
  if (place.textContent !== text) place.textContent = text;
  part("hold").hidden = !inState("waiting", "sending").length;
  part("resume").hidden = !inState("paused", "failed").length;
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

for (const name of ["files", "folders"]) {
  part(name).addEventListener("change", (event) => {
    add(chosen(event.target.files));
    event.target.value = "";
  });
}
part("hold").addEventListener("click", () => {
  for (const task of inState("waiting", "sending")) {
    task.link?.pause();
    turn(task, "paused");
  }
  summary();
});
part("resume").addEventListener("click", () => {
  for (const task of inState("paused", "failed")) turn(task, "waiting");
  pump();
});
part("stop").addEventListener("click", (event) => {
  if (window.confirm(event.currentTarget.dataset.question)) for (const task of [...tasks]) cancel(task);
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
root.addEventListener("drop", (event) => dropped(event.dataTransfer).then(add));
window.addEventListener("online", () => {
  for (const task of inState("failed")) turn(task, "waiting");
  pump();
});
window.addEventListener("beforeunload", (event) => {
  if (inState("waiting", "sending").length) event.preventDefault();
});

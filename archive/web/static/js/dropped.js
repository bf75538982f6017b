// Files that were chosen or dropped, folders with all that is in them; each with the path above it.

export function chosen(list) {
  return [...list].map((file) => ({ file, folder: above(file.webkitRelativePath) }));
}

// Must be called while the drop event runs: the browser forgets the entries afterwards.
export function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return Promise.resolve(chosen(transfer.files));
  return Promise.all(entries.map((entry) => within(entry, ""))).then((found) => found.flat());
}

const above = (path) => path.split("/").slice(0, -1).join("/");
const hidden = (name) => name.startsWith(".") || name === "Thumbs.db" || name === "desktop.ini";

async function within(entry, folder) {
  if (hidden(entry.name)) return [];
  if (entry.isFile) {
    const file = await new Promise((give, fail) => entry.file(give, fail));
    return [{ file, folder }];
  }
  const path = folder ? `${folder}/${entry.name}` : entry.name;
  const found = [];
  const reader = entry.createReader();
  for (;;) { // a reader gives at most a hundred at a time
    const some = await new Promise((give, fail) => reader.readEntries(give, fail));
    if (!some.length) return found;
    for (const one of some) found.push(...await within(one, path));
  }
}

// One file on its way, by the tus protocol: in pieces, each proved by its SHA-256, going on where it stopped.
import { csrf } from "./app.js";

const PIECE = 8 * 1024 * 1024;
const STEPS = [0, 1, 3, 5, 10, 20, 30].map((seconds) => seconds * 1000);
const PATIENCE = [...STEPS, ...Array(120).fill(30_000)]; // an hour without the server, then it asks the person

class Proving extends tus.DefaultHttpStack {
  createRequest(method, url) {
    const request = super.createRequest(method, url);
    const send = request.send.bind(request);
    request.send = async (body) => {
      if (body && crypto.subtle) { // browsers offer it over https and on the machine itself
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await body.arrayBuffer()));
        request.setHeader("Upload-Checksum", `sha256 ${btoa(String.fromCharCode(...digest))}`);
      }
      return send(body);
    };
    return request;
  }
}

// `said` goes with the file: batch, folder, type, house. `on`: progress(bytes), waits(), done(batch), fails(text).
export function sending(file, said, on) {
  const metadata = { name: file.name };
  for (const [key, value] of Object.entries(said)) if (value) metadata[key] = value;
  let batch = said.batch;
  const upload = new tus.Upload(file, {
    endpoint: "/intake/uploads",
    metadata,
    chunkSize: PIECE,
    uploadDataDuringCreation: file.size <= PIECE,
    retryDelays: PATIENCE,
    removeFingerprintOnSuccess: true,
    httpStack: new Proving({}),
    fingerprint: async () => ["dangan", said.folder, file.name, file.size, file.lastModified].join("|"),
    onBeforeRequest: (request) => {
      request.setHeader("X-CSRF-Token", csrf());
      request.setHeader("Accept", "application/json");
    },
    onAfterResponse: (_request, response) => {
      batch = response.getHeader("Upload-Batch") || batch;
    },
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0;
      const passing = status === 0 || status === 409 || status === 460 || status >= 500;
      if (passing) on.waits();
      return passing;
    },
    onProgress: (sent) => on.progress(sent),
    onSuccess: () => on.done(batch),
    onError: (error) => on.fails(said_by(error)),
  });
  return {
    async start() {
      const before = await upload.findPreviousUploads();
      if (before.length) upload.resumeFromPreviousUpload(before[0]);
      upload.start();
    },
    resume: () => upload.start(),
    pause: () => upload.abort(),
    cancel: () => upload.abort(true).catch(() => {}), // the server forgets it later by itself
  };
}

function said_by(error) {
  try {
    const { message, hint } = JSON.parse(error.originalResponse.getBody()).error;
    return `${message} ${hint}`.trim();
  } catch { // the connection broke: nothing was said
    return "";
  }
}

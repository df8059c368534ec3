// Uploads a picture to the library, with progress: by XMLHttpRequest, because fetch reports no upload progress.
import { sessionHeaders } from "@/api/client";
import type { Medium } from "@/api/media";
import { Problem, toProblem } from "@/api/problem";

interface UploadOptions {
  alt?: string;
  tags?: readonly string[];
  /** From 0 to 1. */
  onProgress: (share: number) => void;
  signal: AbortSignal;
}

/** Reject with a Problem, or with an AbortError when it was aborted. */
export function uploadMedium(file: File, { alt = "", tags = [], onProgress, signal }: UploadOptions): Promise<Medium> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal.addEventListener("abort", abort);
    request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) onProgress(loaded / total);
    });
    request.addEventListener("loadend", () => signal.removeEventListener("abort", abort));
    request.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    request.addEventListener("error", () => reject(new Problem({ status: 0, code: "no_answer", detail: "" })));
    request.addEventListener("load", () => {
      const body = parseJson(request.responseText);
      if (request.status >= 200 && request.status < 300 && body !== null) resolve(body as Medium);
      else reject(toProblem(toResponse(request), body));
    });
    request.open("POST", "/api/v1/media");
    for (const [name, value] of Object.entries(sessionHeaders("POST"))) request.setRequestHeader(name, value);
    const form = new FormData();
    form.append("file", file);
    if (alt) form.append("alt", alt);
    if (tags.length > 0) form.append("tags", tags.join(","));
    request.send(form);
  });
}

function toResponse(request: XMLHttpRequest): Response {
  const id = request.getResponseHeader("X-Request-Id");
  return new Response(null, {
    status: request.status < 200 ? 500 : request.status,
    headers: id === null ? {} : { "X-Request-Id": id },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

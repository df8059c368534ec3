// A picture on its way to the library, with how far it has come. XMLHttpRequest, for fetch tells nothing of uploads.
import { sessionHeaders } from "@/api/client";
import { Problem, problemOf } from "@/api/problem";
import type { Medium } from "@/wizard/pictures/calls";

interface Asked {
  /** From 0 to 1. */
  onProgress: (share: number) => void;
  signal: AbortSignal;
}

/** Throws a Problem, or an AbortError when it was called off. */
export function uploadMedium(file: File, { onProgress, signal }: Asked): Promise<Medium> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    const off = () => call.abort();
    signal.addEventListener("abort", off);
    call.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) onProgress(loaded / total);
    });
    call.addEventListener("loadend", () => signal.removeEventListener("abort", off));
    call.addEventListener("abort", () => reject(new DOMException("called off", "AbortError")));
    call.addEventListener("error", () => reject(new Problem({ status: 0, code: "no_answer", detail: "" })));
    call.addEventListener("load", () => {
      const body = parsed(call.responseText);
      if (call.status >= 200 && call.status < 300 && body !== null) resolve(body as Medium);
      else reject(problemOf(headOf(call), body));
    });
    call.open("POST", "/api/v1/media");
    for (const [name, value] of Object.entries(sessionHeaders("POST"))) call.setRequestHeader(name, value);
    const form = new FormData();
    form.append("file", file);
    call.send(form);
  });
}

function headOf(call: XMLHttpRequest): Response {
  const id = call.getResponseHeader("X-Request-Id");
  return new Response(null, {
    status: call.status < 200 ? 500 : call.status,
    headers: id === null ? {} : { "X-Request-Id": id },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** The first picture of what was dropped or pasted; null when there is none. What it really is the server sees. */
export function pictureIn(data: DataTransfer | null): File | null {
  return [...(data?.files ?? [])].find((file) => file.type.startsWith("image/")) ?? null;
}

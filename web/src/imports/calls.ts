// Imports posts from a file: a dry run, then the posts, row by row as the server makes them.
import { queryOptions, skipToken } from "@tanstack/react-query";

import { api, unwrapWithResponse } from "@/api/client";
import { createEventParser } from "@/api/event-stream";
import { getIdempotencyKey } from "@/api/idempotency";
import { Problem } from "@/api/problem";
import type { components, operations } from "@/api/schema";

export type ImportAnswer = components["schemas"]["ImportAnswer"];
export type ImportedRow = components["schemas"]["ImportedRow"];
type Query = NonNullable<operations["import_posts"]["parameters"]["query"]>;
export type DayOrder = NonNullable<Query["day_order"]>;

export interface ImportOptions {
  intent: NonNullable<Query["intent"]>;
  /** Whether pictures are generated for rows without one. */
  makesPictures: boolean;
  /** How to read dates that could be two days; null: as problems. */
  dayOrder: DayOrder | null;
}

/** A file as it was when it was chosen. `id` distinguishes it from every other choice. */
export interface ChosenFile {
  id: number;
  name: string;
  content: Blob;
}

/** The server's limit. */
export const MAX_BYTES = 5 * 1024 * 1024;

/** The intent under which rows are made once in 24 hours, also from another file and after a reload. */
export const importIntent = (workspaceId: string): string => `import/${workspaceId}`;

/** The dry run. `intent`: the name of the idempotency key; `round` rises with each new key. */
export function checkQuery(file: ChosenFile | null, options: ImportOptions, intent: string, round: number) {
  return queryOptions({
    queryKey: ["import-check", file?.id, options, intent, round],
    queryFn: file ? ({ signal }) => checkFile(file, options, intent, signal) : skipToken,
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
  });
}

async function checkFile(
  file: ChosenFile,
  options: ImportOptions,
  intent: string,
  signal: AbortSignal,
): Promise<ImportAnswer> {
  const answer = await send(file, options, { intent, isDryRun: true, signal });
  return (await new Response(answer).json()) as ImportAnswer;
}

interface ImportRun {
  intent: string;
  signal: AbortSignal;
  onRow: (row: ImportedRow) => void;
}

/** Make the posts. Throws a Problem also where the answer breaks off, and an AbortError when it was stopped. */
export async function importPosts(
  file: ChosenFile,
  options: ImportOptions,
  { intent, signal, onRow }: ImportRun,
): Promise<ImportAnswer> {
  const reader = (await send(file, options, { intent, isDryRun: false, signal })).getReader();
  const decoder = new TextDecoder();
  const parse = createEventParser();
  for (;;) {
    const { done, value } = await readChunk(reader);
    if (done) throw new Problem({ status: 0, code: "no_answer", detail: "" });
    for (const { kind, data: text } of parse(decoder.decode(value, { stream: true }))) {
      if (kind === "row") onRow(JSON.parse(text) as ImportedRow);
      if (kind === "done") return JSON.parse(text) as ImportAnswer;
    }
  }
}

async function readChunk(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Problem({ status: 0, code: "no_answer", detail: "" }, { cause });
  }
}

async function send(
  file: ChosenFile,
  { intent: kind, makesPictures, dayOrder }: ImportOptions,
  { intent, isDryRun, signal }: { intent: string; isDryRun: boolean; signal: AbortSignal },
): Promise<ReadableStream<Uint8Array>> {
  const query: Query = {
    intent: kind,
    dry_run: isDryRun,
    image_provider: makesPictures ? "auto" : "none",
    ...(dayOrder ? { day_order: dayOrder } : {}),
  };
  const { data } = await unwrapWithResponse(
    api.POST("/api/v1/posts/import", {
      params: { query, header: { "Idempotency-Key": getIdempotencyKey(intent) } },
      body: { file: file.name },
      bodySerializer: () => {
        const form = new FormData();
        form.append("file", file.content, file.name);
        return form;
      },
      headers: isDryRun ? {} : { Accept: "text/event-stream" },
      parseAs: "stream",
      signal,
    }),
  );
  return data as unknown as ReadableStream<Uint8Array>;
}

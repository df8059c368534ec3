// What can go wrong with a call, as one typed error.

/** One complaint about one field; `pointer` is a JSON Pointer into the body, e.g. `/hashtags/3`. */
export interface ProblemEntry {
  pointer: string;
  code: string;
  detail: string;
  platform?: string | null;
  suggestions?: string[];
}

interface ProblemFields {
  /** The HTTP status; 0 when no answer came. */
  status: number;
  code: string;
  /** A sentence for a person, in the language that was asked for; empty when no answer came. */
  detail: string;
  requestId?: string | undefined;
  errors?: ProblemEntry[] | undefined;
  retryAfterS?: number | undefined;
}

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly errors: ProblemEntry[];
  readonly retryAfterS: number | undefined;

  constructor(fields: ProblemFields, options?: ErrorOptions) {
    super(fields.detail || fields.code, options);
    this.name = "Problem";
    this.status = fields.status;
    this.code = fields.code;
    this.detail = fields.detail;
    this.requestId = fields.requestId;
    this.errors = fields.errors ?? [];
    this.retryAfterS = fields.retryAfterS;
  }

  /** No answer came: it may or may not have happened. */
  get unanswered(): boolean {
    return this.status === 0;
  }

  /** The complaints about a field, or about anything inside it. */
  at(pointer: string): ProblemEntry[] {
    return this.errors.filter((entry) => entry.pointer === pointer || entry.pointer.startsWith(`${pointer}/`));
  }
}

/** An answer that is not good, whatever its body is; proxies in between answer HTML. */
export function problemOf(response: Response, body: unknown): Problem {
  const fields = isRecord(body) ? body : {};
  const wait = Number(response.headers.get("Retry-After"));
  return new Problem({
    status: response.status,
    code: text(fields["code"]) ?? "unexpected",
    detail: text(fields["detail"]) ?? "",
    requestId: text(fields["request_id"]) ?? response.headers.get("X-Request-Id") ?? undefined,
    errors: Array.isArray(fields["errors"]) ? fields["errors"].flatMap(entryOf) : [],
    retryAfterS: Number.isFinite(wait) && wait > 0 ? wait : undefined,
  });
}

function entryOf(value: unknown): ProblemEntry[] {
  if (!isRecord(value)) return [];
  const pointer = text(value["pointer"]);
  const detail = text(value["detail"]);
  if (pointer === undefined || detail === undefined) return [];
  const suggestions = Array.isArray(value["suggestions"])
    ? value["suggestions"].filter((one) => typeof one === "string")
    : [];
  return [{ pointer, detail, code: text(value["code"]) ?? "", platform: text(value["platform"]) ?? null, suggestions }];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

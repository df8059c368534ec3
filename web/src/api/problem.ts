// A failed API call as a typed error, by RFC 9457.

/** One problem with one field; `pointer` is a JSON Pointer into the body, e.g. `/hashtags/3`. */
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
  /** A message for people in the requested language; empty when no answer came. */
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

  /** Whether no answer came, so that the request may or may not have acted. */
  get unanswered(): boolean {
    return this.status === 0;
  }

  /** Return the problems of a field and of everything inside it. */
  entriesAt(pointer: string): ProblemEntry[] {
    return this.errors.filter((entry) => entry.pointer === pointer || entry.pointer.startsWith(`${pointer}/`));
  }
}

/** Convert an unsuccessful response, whose body may be anything: proxies answer HTML. */
export function toProblem(response: Response, body: unknown): Problem {
  const fields = isRecord(body) ? body : {};
  const wait = Number(response.headers.get("Retry-After"));
  return new Problem({
    status: response.status,
    code: asString(fields["code"]) ?? "unexpected",
    detail: asString(fields["detail"]) ?? "",
    requestId: asString(fields["request_id"]) ?? response.headers.get("X-Request-Id") ?? undefined,
    errors: Array.isArray(fields["errors"]) ? fields["errors"].flatMap(parseEntry) : [],
    retryAfterS: Number.isFinite(wait) && wait > 0 ? wait : undefined,
  });
}

function parseEntry(value: unknown): ProblemEntry[] {
  if (!isRecord(value)) return [];
  const pointer = asString(value["pointer"]);
  const detail = asString(value["detail"]);
  if (pointer === undefined || detail === undefined) return [];
  const suggestions = Array.isArray(value["suggestions"])
    ? value["suggestions"].filter((one) => typeof one === "string")
    : [];
  return [
    {
      pointer,
      detail,
      code: asString(value["code"]) ?? "",
      platform: asString(value["platform"]) ?? null,
      suggestions,
    },
  ];
}

function asString(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

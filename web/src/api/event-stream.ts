// A parser for server-sent events that arrive in chunks: https://html.spec.whatwg.org/multipage/server-sent-events.html

export interface ServerEvent {
  /** The stream continues after this id when it is opened with `Last-Event-ID`. */
  id: string;
  /** "" for an event that only carries an id. */
  kind: string;
  data: string;
}

/** Return a function that takes the next chunk and returns the events that are complete by then. */
export function createEventParser(): (chunk: string) => ServerEvent[] {
  let buffer = "";
  let lastId = "";
  return (chunk) => {
    buffer += chunk;
    // A lone \r at the end may be half of \r\n.
    const carriageReturn = buffer.endsWith("\r") ? "\r" : "";
    const blocks = buffer
      .slice(0, buffer.length - carriageReturn.length)
      .replace(/\r\n?/g, "\n")
      .split("\n\n");
    buffer = (blocks.pop() ?? "") + carriageReturn;
    return blocks.flatMap((block) => {
      const fields = block.split("\n").map(parseField);
      const values = (name: string) => fields.filter(([key]) => key === name).map(([, value]) => value);
      lastId = values("id").at(-1) ?? lastId;
      if (values("id").length + values("data").length === 0) return [];
      return [{ id: lastId, kind: values("event").at(-1) ?? "", data: values("data").join("\n") }];
    });
  };
}

function parseField(line: string): [string, string] {
  const at = line.indexOf(":");
  if (at < 0) return [line, ""];
  return [line.slice(0, at), line.slice(at + 1).replace(/^ /, "")];
}

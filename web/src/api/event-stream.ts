// Server-sent events, read piece by piece: https://html.spec.whatwg.org/multipage/server-sent-events.html

export interface ServerEvent {
  /** Behind this one the stream goes on when it is asked again. */
  id: string;
  /** "" for one that only says where the stream stands. */
  kind: string;
  data: string;
}

/** Takes the text in whatever pieces it comes, and gives the events that are whole by then. */
export function eventReader(): (piece: string) => ServerEvent[] {
  let rest = "";
  let lastId = "";
  return (piece) => {
    rest += piece;
    // A lone \r at the end may be half of \r\n.
    const held = rest.endsWith("\r") ? "\r" : "";
    const blocks = rest
      .slice(0, rest.length - held.length)
      .replace(/\r\n?/g, "\n")
      .split("\n\n");
    rest = (blocks.pop() ?? "") + held;
    return blocks.flatMap((block) => {
      const fields = block.split("\n").map(field);
      const all = (name: string) => fields.filter(([key]) => key === name).map(([, value]) => value);
      lastId = all("id").at(-1) ?? lastId;
      if (all("id").length + all("data").length === 0) return [];
      return [{ id: lastId, kind: all("event").at(-1) ?? "", data: all("data").join("\n") }];
    });
  };
}

function field(line: string): [string, string] {
  const at = line.indexOf(":");
  if (at < 0) return [line, ""];
  return [line.slice(0, at), line.slice(at + 1).replace(/^ /, "")];
}

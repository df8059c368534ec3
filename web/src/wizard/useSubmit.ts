// Pressing the last step's button: saved first, checked again, then done once.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";

import { postQuery, type Post } from "@/api/posts";
import { Problem } from "@/api/problem";
import { publish, schedule, takeBack } from "@/wizard/acts";
import { useWizard } from "@/wizard/useWizard";

export function useActing() {
  const { state, post, flush, remarks } = useWizard();
  const client = useQueryClient();
  const navigate = useNavigate();
  // A second press comes before the first has drawn anything.
  const at = useRef(false);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const [unsaved, setUnsaved] = useState(false);

  const run = async () => {
    const saved = await flush();
    setUnsaved(!saved);
    const present = post && client.getQueryData(postQuery(post.job_id).queryKey);
    if (!saved || !present) return;
    const { act } = state.when;
    if (act === "draft") {
      if (present.status === "scheduled") await takeBack(client, present);
      await navigate({ to: "/posts" });
    } else if (isReady(present)) {
      await (act === "now" ? publish(client, present) : schedule(client, present, state.when));
    } else setTried((times) => times + 1);
  };
  // What the server says after the last save counts, and what only the browser checks.
  const isReady = (present: Post) =>
    present.problems.every(({ pointer }) => pointer === "/schedule_time") &&
    !remarks.some(({ kind, isOwn }) => kind === "error" && isOwn);
  const act = async () => {
    if (at.current) return;
    at.current = true;
    setBusy(true);
    setError(null);
    try {
      await run();
    } catch (failure) {
      setError(failure);
    }
    at.current = false;
    setBusy(false);
  };
  return { act, busy, tried, error, unsaved, unanswered: error instanceof Problem && error.unanswered };
}

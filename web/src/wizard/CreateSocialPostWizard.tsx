// The wizard: from an idea to posts on every platform, in four steps. A page with an address, and never a dialog.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useState } from "react";

import { accountsQuery } from "@/api/accounts";
import { platformsQuery } from "@/api/platforms";
import { postQuery } from "@/api/posts";
import { useSession } from "@/api/session";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { openedAt, usualPlatforms } from "@/wizard/beginning";
import { Composer } from "@/wizard/Composer";
import { continueNew, presentNew } from "@/wizard/kept";

export function CreateSocialPostWizard() {
  const { opened, created, continued } = useOpened();
  const session = useSession();
  const platforms = useQuery(platformsQuery);
  const accounts = useQuery(accountsQuery);
  // Once it is open, it is the composer that follows the post.
  const post = useQuery({ ...postQuery(opened.postId ?? ""), enabled: opened.postId !== null, staleTime: 0 });
  const failed = platforms.error ?? accounts.error ?? post.error;
  const lacks = !platforms.data || !accounts.data || (opened.postId !== null && !post.data);
  if (lacks) {
    const retry = () =>
      [platforms, accounts, post].filter(({ error }) => error).forEach(({ refetch }) => void refetch());
    return failed ? <ProblemAlert error={failed} retry={retry} /> : <Loading />;
  }
  const owner = { userId: session.user.id, workspaceId: session.workspace.id };
  const begin = () => {
    const usual = usualPlatforms(platforms.data, accounts.data);
    const its = opened.postId === null ? null : (post.data ?? null);
    return openedAt(opened.place, owner, session.workspace.zone, its, usual);
  };
  return (
    <Composer
      key={opened.place}
      place={opened.place}
      owner={owner}
      begin={begin}
      platforms={platforms.data}
      accounts={accounts.data}
      created={created}
      continued={continued}
    />
  );
}

interface Opened {
  /** What is open: a post's id, or the name of a new post in this browser. */
  place: string;
  /** The post to begin from; null for a new one. */
  postId: string | null;
  /** The post that a new one has become, under the eyes of who writes it. */
  became: string | null;
}

function useOpened() {
  const id = useParams({ strict: false, select: ({ id: found }) => found ?? null });
  const navigate = useNavigate();
  const [opened, setOpened] = useState(() => open(id));
  const [arrived, setArrived] = useState(false);
  const stays = id === opened.postId || id === opened.became;
  // The way back to /posts/new from what it has become is a way to something new.
  const left = id === null && opened.became !== null && arrived;
  if (!stays || left) {
    setOpened(open(id));
    setArrived(false);
  } else if (id !== null && id === opened.became && !arrived) setArrived(true);

  const created = useCallback(
    (postId: string) => {
      setOpened((before) => ({ ...before, became: postId }));
      void navigate({ to: "/posts/$id/edit", params: { id: postId }, search: true, replace: true, resetScroll: false });
    },
    [navigate],
  );
  const continued = useCallback((place: string) => {
    continueNew(place);
    setOpened(open(null));
  }, []);
  return { opened, created, continued };
}

function open(id: string | null): Opened {
  return { place: id ?? presentNew(), postId: id, became: null };
}

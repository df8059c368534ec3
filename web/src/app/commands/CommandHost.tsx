// The key handler, and what it opens: the palette and the list of shortcuts, loaded when first opened.
import { useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo } from "react";

import type { SessionRead } from "@/api/session";
import { offeredCommands, type CommandContext, type Overlay } from "@/app/commands/commands";
import { useCharacterShortcuts } from "@/app/commands/preference";
import { isMacKeyboard } from "@/app/commands/shortcuts";
import { useShortcuts } from "@/app/commands/useShortcuts";
import { withMessages } from "@/i18n/language";

const importOverlays = withMessages(() => import("@/app/commands/CommandOverlays"), "commands", "post");
const CommandOverlays = lazy(async () => ({ default: (await importOverlays()).CommandOverlays }));

interface Props {
  session: SessionRead;
  overlay: Overlay | null;
  setOverlay: (overlay: Overlay | null) => void;
  onListening: (ariaShortcut: string) => void;
}

export function CommandHost({ session, overlay, setOverlay, onListening }: Props) {
  const router = useRouter();
  const [hasCharacters] = useCharacterShortcuts(session.user.id);
  const commands = useMemo(
    () => offeredCommands(session.permissions, hasCharacters),
    [session.permissions, hasCharacters],
  );
  const context = useMemo<CommandContext>(
    () => ({
      navigate: (to) => void router.navigate({ to }),
      openOverlay: setOverlay,
      openTab: (path) => void window.open(path, "_blank", "noreferrer"),
    }),
    [router, setOverlay],
  );
  // While an overlay is being loaded, what is typed is meant for it.
  useShortcuts(commands, context, overlay === null);
  useEffect(() => onListening(isMacKeyboard() ? "/" : "Control+K"), [onListening]);
  if (overlay === null) return null;
  return (
    <Suspense>
      <CommandOverlays userId={session.user.id} {...{ overlay, commands, context }} close={() => setOverlay(null)} />
    </Suspense>
  );
}

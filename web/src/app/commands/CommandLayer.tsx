// Shortcuts on every page, and what they open: the palette and the list of shortcuts, loaded when first opened.
import { useRouter } from "@tanstack/react-router";
import { createContext, lazy, Suspense, useContext, useMemo, useState, type ReactNode } from "react";

import type { SessionRead } from "@/api/session";
import { offeredCommands, type CommandContext, type Overlay } from "@/app/commands/commands";
import { useCharacterShortcuts } from "@/app/commands/preference";
import { useShortcuts } from "@/app/commands/useShortcuts";
import { withMessages } from "@/i18n/language";

const importPalette = withMessages(() => import("@/app/commands/CommandPalette"), "commands", "post");
const CommandPalette = lazy(async () => ({ default: (await importPalette()).CommandPalette }));
const importSheet = withMessages(() => import("@/app/commands/ShortcutSheet"), "commands");
const ShortcutSheet = lazy(async () => ({ default: (await importSheet()).ShortcutSheet }));

const OverlayContext = createContext<(overlay: Overlay) => void>(() => undefined);

/** Return the function that opens the palette or the list of shortcuts. */
export function useOpenOverlay(): (overlay: Overlay) => void {
  return useContext(OverlayContext);
}

export function CommandLayer({ session, children }: { session: SessionRead; children: ReactNode }) {
  const router = useRouter();
  const [overlay, setOverlay] = useState<Overlay | null>(null);
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
    [router],
  );
  // While an overlay is being loaded, what is typed is meant for it.
  useShortcuts(commands, context, overlay === null);
  const close = () => setOverlay(null);
  return (
    <OverlayContext value={setOverlay}>
      {children}
      <Suspense>
        {overlay === "palette" && <CommandPalette {...{ commands, context, close }} />}
        {overlay === "shortcuts" && <ShortcutSheet commands={commands} userId={session.user.id} close={close} />}
      </Suspense>
    </OverlayContext>
  );
}

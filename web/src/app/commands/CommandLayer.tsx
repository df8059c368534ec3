// The commands of every page: loaded beside the first page, so that they delay nothing.
import { createContext, lazy, Suspense, useContext, useState, type ReactNode } from "react";

import type { SessionRead } from "@/api/session";
import type { Overlay } from "@/app/commands/commands";
import { withMessages } from "@/i18n/language";

const importHost = withMessages(() => import("@/app/commands/CommandHost"), "commands");
const CommandHost = lazy(async () => ({ default: (await importHost()).CommandHost }));

interface Overlays {
  /** Open the palette or the list of shortcuts. */
  openOverlay: (overlay: Overlay) => void;
  /** The palette's shortcut for `aria-keyshortcuts`, once keys are listened to. */
  ariaShortcut: string | undefined;
}

const OverlayContext = createContext<Overlays>({ openOverlay: () => undefined, ariaShortcut: undefined });

export function useOverlays(): Overlays {
  return useContext(OverlayContext);
}

export function CommandLayer({ session, children }: { session: SessionRead; children: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const [ariaShortcut, setAriaShortcut] = useState<string>();
  return (
    <OverlayContext value={{ openOverlay: setOverlay, ariaShortcut }}>
      {children}
      <Suspense>
        <CommandHost session={session} overlay={overlay} setOverlay={setOverlay} onListening={setAriaShortcut} />
      </Suspense>
    </OverlayContext>
  );
}

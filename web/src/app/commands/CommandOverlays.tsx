// What commands open: the palette or the list of shortcuts.
import { CommandPalette } from "@/app/commands/CommandPalette";
import type { Command, CommandContext, Overlay } from "@/app/commands/commands";
import { ShortcutSheet } from "@/app/commands/ShortcutSheet";

interface Props {
  overlay: Overlay;
  commands: readonly Command[];
  context: CommandContext;
  userId: string;
  close: () => void;
}

export function CommandOverlays({ overlay, userId, ...props }: Props) {
  if (overlay === "palette") return <CommandPalette {...props} />;
  return <ShortcutSheet commands={props.commands} userId={userId} close={props.close} />;
}

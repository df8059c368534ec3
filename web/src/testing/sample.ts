// A sample of the session.
import type { SessionRead } from "@/api/session";

export function session(changes: Partial<SessionRead> = {}): SessionRead {
  return {
    user: { id: "user_1", name: "Giulia", language: "en", has_password: false },
    workspace: { id: "ws_1", name: "Studio Demo", language: "it", zone: "Europe/Rome", approval_required: false },
    role: "owner",
    permissions: ["read", "draft", "publish", "approve", "manage"],
    workspaces: [{ id: "ws_1", name: "Studio Demo" }],
    csrf_token: "csrf-1",
    sandbox: { viewer_url: "http://127.0.0.1:8010/" },
    version: "0.1.0",
    expires_at: "2030-01-31T10:00:00Z",
    ...changes,
  };
}

// The session's few calls, typed by hand until the server's description has them; then this file goes.

export interface SessionRead {
  user: { id: string; name: string; language: string; has_password: boolean };
  workspace: { id: string; name: string; language: string; zone: string };
  workspaces: { id: string; name: string }[];
  csrf_token: string;
  /** While everything goes to the sandbox: where its feeds can be looked at. */
  sandbox: { viewer_url: string } | null;
  version: string;
  /** RFC 3339, UTC. */
  expires_at: string;
}

type Json<T> = { content: { "application/json": T } };
type Answers<T> = { 200: { headers: Record<string, unknown> } & Json<T> };
type Nothing = { 204: { headers: Record<string, unknown>; content?: never } };

export interface SessionPaths {
  "/api/v1/session": {
    get: { responses: Answers<SessionRead> };
    post: {
      requestBody: Json<{ link: string } | { name: string; password: string }>;
      responses: Answers<SessionRead>;
    };
    patch: { requestBody: Json<{ workspace_id?: string; language?: string }>; responses: Answers<SessionRead> };
    delete: { responses: Nothing };
  };
}

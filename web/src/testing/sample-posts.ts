// Samples of posts, platforms and accounts.
import type { Account } from "@/api/accounts";
import type { Platform } from "@/api/platforms";
import type { PlatformResult, Post } from "@/api/posts";

const NAMES = ["facebook", "instagram", "instagram_story", "other"];

/** What the server answers for a delivery in each state. */
const ACTIONS: Record<string, PlatformResult["actions"]> = {
  draft: ["edit", "publish", "schedule", "cancel"],
  scheduled: ["edit", "publish", "schedule", "undo", "cancel"],
  queued: ["edit", "schedule", "undo", "cancel"],
  preparing: ["edit", "schedule", "undo", "cancel"],
  waiting: ["edit", "schedule", "undo", "cancel"],
  failed: ["edit", "schedule", "cancel", "retry"],
  missed: ["edit", "publish", "schedule", "cancel", "retry"],
  needs_reconnect: ["edit", "schedule", "cancel", "retry"],
  unconfirmed: ["resolve"],
  cancelled: ["edit"],
};

/** What the server answers for a post with these deliveries. */
function postActions(platforms: readonly PlatformResult[], status: string): Post["actions"] {
  const names = ["edit", "publish", "schedule", "undo", "cancel", "retry"] as const;
  const possible = names.filter(
    (name) => platforms.some(({ actions }) => actions.includes(name)) || (name === "edit" && platforms.length === 0),
  );
  return status === "publishing" ? possible : [...possible, "delete"];
}

export function result(platform: string, state: string, changes: Partial<PlatformResult> = {}): PlatformResult {
  const success = state === "published" ? true : ["failed", "missed", "needs_reconnect"].includes(state) ? false : null;
  // Not typed, so that fields of a newer server may stand here before the schema has them.
  const usual = {
    id: `del_${platform}`,
    account: { id: "acc_1", name: "Studio Demo", username: null },
    actions: ACTIONS[changes.state ?? state] ?? [],
    not_possible: [],
    platform,
    state,
    success,
    may_be_decided: state === "unconfirmed",
    post_id: null,
    post_url: null,
    image_url: null,
    error: null,
    image_state: "none",
    image_notes: [],
    image_origin: "made",
    image_locked: false,
    image_remade: false,
    text_over_picture: false,
    image_shape: "1:1",
    image_variant: 0,
    pictures: [],
    notes: [],
    account_id: "acc_1",
    delivery_id: `del_${platform}`,
  };
  return { ...usual, ...changes };
}

/** With one delivery for each of `states`, in the platforms' order. */
export function post({ states = [], ...changes }: Partial<Post> & { states?: readonly string[] } = {}): Post {
  const platforms = states.map((state, index) => result(NAMES[index] ?? `platform_${index}`, state));
  return {
    job_id: "post_1",
    status: "draft",
    platforms,
    total_platforms: platforms.length,
    successful: platforms.filter(({ success }) => success === true).length,
    failed: platforms.filter(({ success }) => success === false).length,
    images_generated: 0,
    total_time: 1.5,
    schedule_time: null,
    zone: null,
    wall_time: null,
    rev: 3,
    approval: "none",
    actions: postActions(changes.platforms ?? platforms, changes.status ?? "draft"),
    content: "Lancio nuovo",
    cta: null,
    hashtags: [],
    texts: {},
    accounts: {},
    base_image_prompt: "",
    platform_prompts: {},
    shapes: {},
    options: {},
    slides: [],
    image_style: "professional",
    image_provider: "auto",
    note: null,
    images: {},
    late_limit_s: 21_600,
    recurrence_id: null,
    series: null,
    created_at: "2030-01-31T09:00:00Z",
    updated_at: "2030-01-31T09:00:02Z",
    problems: [],
    warnings: [],
    ...changes,
  };
}

export function limits(changes: Partial<Platform["limits"]> = {}): Platform["limits"] {
  return {
    text_max: 100,
    hashtags_max: null,
    mentions_max: null,
    unit: "code_points",
    text_with_pictures_max: null,
    bytes_max: null,
    url_length: null,
    url_needs_scheme: true,
    mention_domain_counts: true,
    ...changes,
  };
}

export function platform(name: string, label: string, changes: Partial<Platform> = {}): Platform {
  return {
    name,
    label,
    account_kind: "page",
    needs_picture: false,
    can_check: true,
    preview: "feed_card",
    preview_fold: null,
    shows_text: true,
    links_clickable: true,
    limits: limits({ text_max: 2_200, hashtags_max: 30, mentions_max: 20 }),
    pictures_max: 1,
    options: [],
    shapes: [{ name: "1:1", width: 1080, height: 1080, ratio: "1:1" }],
    safe_margins: { top: 0, right: 0, bottom: 0, left: 0 },
    image: { width: 1080, height: 1080, ratio: "1:1", max_bytes: 8_000_000, mime: "image/jpeg" },
    ...changes,
  };
}

export const PLATFORMS = [
  platform("facebook", "Facebook"),
  platform("instagram", "Instagram"),
  platform("instagram_story", "Instagram Story"),
];

export function account(changes: Partial<Account> = {}): Account {
  return {
    id: "acc_1",
    kind: "page",
    service: "meta",
    name: "Studio Demo",
    username: null,
    remote_id: "100",
    platforms: ["facebook"],
    rules: {},
    default: true,
    health: "ok",
    health_hint: null,
    missing_scopes: {},

    ends: [],
    host: null,
    method: null,
    connected_at: "2030-01-01T09:00:00Z",
    checked_at: "2030-01-31T09:00:00Z",
    ...changes,
  };
}

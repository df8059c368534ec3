// The fields of a post that the wizard edits: the one list of them. Pure.
import type { Post, PostFields } from "@/api/posts";
import type { MessageKey } from "@/i18n/keys";
import { liveDeliveries, onePerPlatform } from "@/ui/post/deliveries";

export type OptionValue = string | boolean;
type ByPlatform<Value> = Readonly<Record<string, Value>>;

/** What the wizard edits. Saving, merging, comparing and restoring drafts follow from DRAFT_FIELDS. */
export interface Draft {
  readonly content: string;
  readonly cta: string;
  readonly hashtags: readonly string[];
  readonly texts: ByPlatform<string>;
  readonly platforms: readonly string[];
  /** The ids of each platform's accounts; without an entry: the only one, or the default. */
  readonly accounts: ByPlatform<readonly string[]>;
  readonly shapes: ByPlatform<string>;
  /** The values of the platforms' options, by `platform/option`. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** For colleagues, never published. */
  readonly note: string;
}

export type DraftField = keyof Draft;
/** The fields that are one text. */
export type TextField = { [Field in DraftField]: Draft[Field] extends string ? Field : never }[DraftField];

/** Return names for a person. */
export interface Names {
  platforms: (names: readonly string[]) => string;
  accounts: (ids: readonly string[]) => string;
  option: (platform: string, option: string, value: unknown) => string;
}

const BLANK_BY_KIND = { text: "", list: [], textByPlatform: {}, listByPlatform: {}, valueByOption: {} } as const;
type Kind = keyof typeof BLANK_BY_KIND;

interface FieldDescription<Field extends DraftField> {
  kind: Draft[Field] extends string
    ? "text"
    : Draft[Field] extends readonly string[]
      ? "list"
      : Draft[Field] extends ByPlatform<string>
        ? "textByPlatform"
        : Draft[Field] extends ByPlatform<readonly string[]>
          ? "listByPlatform"
          : "valueByOption";
  /** Names the field, with the value `platform` where it is keyed by platform. */
  label: MessageKey;
  /** Where it is edited. */
  step: 1 | 2;
  fromPost: (post: Post) => Draft[Field];
  /** The request fields that change it; those keyed by platform are sent complete. */
  toRequest: (draft: Draft) => Partial<PostFields>;
  /** Shows a list to a person. */
  show?: (list: readonly string[], names: Names) => string;
}

export const DRAFT_FIELDS: { readonly [Field in DraftField]: FieldDescription<Field> } = {
  content: {
    kind: "text",
    label: "wizard:text.label",
    step: 1,
    fromPost: ({ content }) => content,
    toRequest: ({ content }) => ({ content }),
  },
  cta: {
    kind: "text",
    label: "wizard:cta.label",
    step: 1,
    fromPost: ({ cta }) => cta ?? "",
    toRequest: ({ cta }) => ({ cta: cta || null }),
  },
  hashtags: {
    kind: "list",
    label: "wizard:hashtags.label",
    step: 1,
    fromPost: ({ hashtags }) => hashtags,
    toRequest: ({ hashtags }) => ({ hashtags: [...hashtags] }),
    show: (tags) => tags.map((tag) => `#${tag}`).join(" "),
  },
  platforms: {
    kind: "list",
    label: "wizard:steps.platforms",
    step: 2,
    fromPost: (post) => onePerPlatform(liveDeliveries(post)).map(({ platform }) => platform),
    toRequest: ({ platforms }) => ({ platforms: [...platforms] }),
    show: (list, names) => names.platforms(list),
  },
  texts: {
    kind: "textByPlatform",
    label: "wizard:conflict.textOn",
    step: 1,
    fromPost: ({ texts }) => texts,
    toRequest: ({ texts }) => ({ texts }),
  },
  accounts: {
    kind: "listByPlatform",
    label: "wizard:conflict.accountOn",
    step: 2,
    fromPost: liveAccounts,
    toRequest: ({ accounts }) => ({
      accounts: Object.fromEntries(Object.entries(accounts).map(([platform, ids]) => [platform, [...ids]])),
    }),
    show: (ids, names) => names.accounts(ids),
  },
  shapes: {
    kind: "textByPlatform",
    label: "wizard:conflict.shapeOn",
    step: 2,
    fromPost: ({ shapes }) => shapes,
    toRequest: ({ shapes }) => ({ shapes }),
  },
  options: {
    kind: "valueByOption",
    label: "wizard:conflict.optionOn",
    step: 2,
    fromPost: ({ options }) =>
      Object.fromEntries(
        Object.entries(options).flatMap(([platform, values]) =>
          Object.entries(values).map(([name, value]) => [optionPath(platform, name), value]),
        ),
      ),
    toRequest: ({ options }) => ({ options: optionsByPlatform(options) }),
  },
  note: {
    kind: "text",
    label: "wizard:note.label",
    step: 1,
    fromPost: ({ note }) => note ?? "",
    toRequest: ({ note }) => ({ note: note || null }),
  },
};

export const FIELD_NAMES = Object.keys(DRAFT_FIELDS) as DraftField[];

export function isDraftField(name: string): name is DraftField {
  return Object.hasOwn(DRAFT_FIELDS, name);
}

export function kindOf(field: DraftField): Kind {
  return DRAFT_FIELDS[field].kind;
}

export function isByPlatform(field: DraftField): boolean {
  return kindOf(field) !== "text" && kindOf(field) !== "list";
}

export function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

/** Build a draft field by field. */
export function buildDraft(valueOf: (field: DraftField) => Draft[DraftField]): Draft {
  return Object.fromEntries(FIELD_NAMES.map((field) => [field, valueOf(field)])) as unknown as Draft;
}

export const BLANK: Draft = buildDraft((field) => BLANK_BY_KIND[kindOf(field)]);

export function draftFromPost(post: Post): Draft {
  return buildDraft((field) => DRAFT_FIELDS[field].fromPost(post));
}

/** Return the accounts of each platform. The post no longer goes to that of a cancelled delivery. */
function liveAccounts(post: Post): Draft["accounts"] {
  const accounts: Record<string, string[]> = {};
  for (const { platform, account_id } of liveDeliveries(post))
    if (account_id !== null) accounts[platform] = [...(accounts[platform] ?? []), account_id];
  return accounts;
}

export function optionPath(platform: string, option: string): string {
  return `${platform}/${option}`;
}

function optionsByPlatform(options: Draft["options"]): Record<string, Record<string, OptionValue>> {
  const grouped: Record<string, Record<string, OptionValue>> = {};
  for (const [path, value] of Object.entries(options)) {
    const [platform = "", ...name] = path.split("/");
    grouped[platform] = { ...grouped[platform], [name.join("/")]: value };
  }
  return grouped;
}

// Message keys as types: a key that the English catalogue does not have is a compile error. A new area gets a line here.
import type accounts from "@/i18n/en/accounts.json";
import type app from "@/i18n/en/app.json";
import type approval from "@/i18n/en/approval.json";
import type brand from "@/i18n/en/brand.json";
import type calendar from "@/i18n/en/calendar.json";
import type commands from "@/i18n/en/commands.json";
import type home from "@/i18n/en/home.json";
import type imports from "@/i18n/en/imports.json";
import type media from "@/i18n/en/media.json";
import type pictures from "@/i18n/en/pictures.json";
import type post from "@/i18n/en/post.json";
import type posts from "@/i18n/en/posts.json";
import type previews from "@/i18n/en/previews.json";
import type series from "@/i18n/en/series.json";
import type settings from "@/i18n/en/settings.json";
import type signIn from "@/i18n/en/sign-in.json";
import type ui from "@/i18n/en/ui.json";
import type wizard from "@/i18n/en/wizard.json";

interface Catalogue {
  accounts: typeof accounts;
  app: typeof app;
  approval: typeof approval;
  brand: typeof brand;
  calendar: typeof calendar;
  commands: typeof commands;
  home: typeof home;
  imports: typeof imports;
  media: typeof media;
  pictures: typeof pictures;
  post: typeof post;
  posts: typeof posts;
  previews: typeof previews;
  series: typeof series;
  settings: typeof settings;
  "sign-in": typeof signIn;
  ui: typeof ui;
  wizard: typeof wizard;
}
export type Area = keyof Catalogue;

/** An area's messages: texts, or groups of them, by name. */
export interface Bundle {
  [name: string]: string | Bundle;
}

/** `count_one` and `count_other` are used as `count`, with `{ count }`. */
type WithoutPlural<K extends string> = K extends `${infer Base}_${"one" | "many" | "other"}` ? Base : K;

type Paths<T> = {
  [K in keyof T & string]: T[K] extends string ? WithoutPlural<K> : `${K}.${Paths<T[K]>}`;
}[keyof T & string];

/** `area:path.to.the.message`, always written in full, so that a search finds every use. */
export type MessageKey = { [A in Area]: `${A}:${Paths<Catalogue[A]>}` }[Area];

export type Translate = (key: MessageKey, values?: Record<string, string | number>) => string;

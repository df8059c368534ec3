// The Italian catalogue: the messages of every area. A new area is added here and in en.ts.
import accounts from "@/accounts/it.json";
import app from "@/app/it.json";
import brand from "@/brand/it.json";
import calendar from "@/calendar/it.json";
import home from "@/home/it.json";
import media from "@/media/it.json";
import pictures from "@/wizard/pictures/it.json";
import post from "@/ui/post/it.json";
import posts from "@/posts/it.json";
import previews from "@/ui/previews/it.json";
import settings from "@/settings/it.json";
import signIn from "@/sign-in/it.json";
import ui from "@/ui/it.json";
import wizard from "@/wizard/it.json";

export const messages = {
  accounts,
  app,
  brand,
  calendar,
  home,
  media,
  pictures,
  post,
  posts,
  previews,
  settings,
  "sign-in": signIn,
  ui,
  wizard,
};

// The English catalogue: the messages of every area. A new area is added here and in it.ts.
import accounts from "@/accounts/en.json";
import app from "@/app/en.json";
import brand from "@/brand/en.json";
import calendar from "@/calendar/en.json";
import home from "@/home/en.json";
import media from "@/media/en.json";
import pictures from "@/wizard/pictures/en.json";
import post from "@/ui/post/en.json";
import posts from "@/posts/en.json";
import previews from "@/ui/previews/en.json";
import settings from "@/settings/en.json";
import signIn from "@/sign-in/en.json";
import ui from "@/ui/en.json";
import wizard from "@/wizard/en.json";

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

// One post being composed: its state, its saving, and what stands around the steps.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

import type { Account } from "@/api/accounts";
import { usePostEvents } from "@/api/post-events";
import type { Platform } from "@/api/platforms";
import { postQuery, putPost, type Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { PageHead } from "@/ui/PageHead";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Autosave, knownOf, WizardStore } from "@/wizard/autosave";
import { ConflictPanel } from "@/wizard/ConflictPanel";
import { Footer } from "@/wizard/Footer";
import { drop, keep, type Owner } from "@/wizard/kept";
import { KeptPosts } from "@/wizard/KeptPosts";
import { Outcome } from "@/wizard/Outcome";
import { isOnItsWay } from "@/wizard/outcomes";
import { PreviewPane } from "@/wizard/PreviewPane";
import { remoteOf } from "@/wizard/remote";
import type { WizardState } from "@/wizard/state";
import { StepPanel } from "@/wizard/StepPanel";
import { StepRow } from "@/wizard/StepRow";
import { STEP_NAMES, type Step } from "@/wizard/steps";
import { useRemarks } from "@/wizard/useRemarks";
import { WizardContext, type Wizard } from "@/wizard/useWizard";

import styles from "./Wizard.module.css";

interface Props {
  place: string;
  owner: Owner;
  begin: () => WizardState;
  platforms: readonly Platform[];
  accounts: readonly Account[];
  created: (postId: string) => void;
  continued: (place: string) => void;
}

export function Composer({ place, owner, begin, platforms, accounts, created, continued }: Props) {
  const { t } = useWords();
  const { store, autosave } = useSaving(place, owner, begin, created);
  const state = useSyncExternalStore(store.subscribe, () => store.state);
  const post = usePost(store, state);
  const step = useSearch({ from: "/signed-in/wizard", select: ({ step: asked }) => asked ?? 1 });
  const go = useGo();
  const remarks = useRemarks(state.draft, post, platforms);
  const seen = useSeen(step);
  const panel = useArrival(step);
  // Whoever leaves a step leaves it saved; from the third on there is a post, even of nothing.
  useEffect(() => void autosave.flush({ evenOfNothing: step > 2 }), [autosave, step]);

  const wizard: Wizard = {
    state,
    dispatch: store.dispatch,
    flush: () => autosave.flush({ evenOfNothing: true }),
    post,
    platforms,
    chosen: platforms.filter(({ name }) => state.draft.platforms.includes(name)),
    accounts,
    remarks,
    step,
    go,
  };
  const goes = post !== null && isOnItsWay(post);
  const title = goes ? t("wizard:outcome.title") : state.post?.id === place ? t("wizard:edit") : t("wizard:title");
  return (
    <WizardContext value={wizard}>
      {post && step > 2 && <Following postId={post.job_id} />}
      <PageHead title={title} />
      {goes ? (
        <Outcome post={post} />
      ) : (
        <>
          <StepRow seen={seen} />
          <div className={styles["columns"]}>
            <div className={styles["form"]}>
              {!state.post && <KeptPosts owner={owner} present={place} open={continued} />}
              {state.conflict && <ConflictPanel conflict={state.conflict} />}
              {state.saving.kind === "failed" && (
                <ProblemAlert error={state.failure} retry={() => void autosave.flush()} />
              )}
              <div ref={panel} role="group" tabIndex={-1} aria-label={t(`wizard:steps.${STEP_NAMES[step]}`)}>
                <StepPanel key={step} />
              </div>
            </div>
            <PreviewPane />
          </div>
          <Footer />
        </>
      )}
    </WizardContext>
  );
}

function useSaving(place: string, owner: Owner, begin: () => WizardState, created: (postId: string) => void) {
  const client = useQueryClient();
  const [store] = useState(() => {
    const made = new WizardStore(begin());
    keepAll(made, owner, place);
    return made;
  });
  const [autosave] = useState(() => new Autosave(store, remoteOf(client, place), (post) => putPost(client, post)));
  const tell = useRef(created);
  useEffect(() => {
    tell.current = created;
  }, [created]);
  useEffect(() => {
    let known = store.state.post;
    return store.subscribe(() => {
      if (known === null && store.state.post) tell.current(store.state.post.id);
      known = store.state.post;
    });
  }, [store]);
  useEffect(() => autosave.watch(), [autosave]);
  return { store, autosave };
}

/** As long as anything is saved, also when nobody looks any more: what is on its way then may still need keeping. */
function keepAll(store: WizardStore, owner: Owner, place: string): void {
  store.subscribe(() => {
    const { post } = store.state;
    if (post && post.id !== place) drop(owner, place);
    keep(owner, post?.id ?? place, store.state, new Date());
  });
}

/** The post as it stands; what others change of it is taken in. */
function usePost(store: WizardStore, state: WizardState): Post | null {
  const { data } = useQuery({ ...postQuery(state.post?.id ?? ""), enabled: state.post !== null });
  useEffect(() => {
    if (data) store.dispatch({ type: "met", post: knownOf(data) });
  }, [store, data]);
  return data ?? null;
}

function Following({ postId }: { postId: string }) {
  usePostEvents(postId);
  return null;
}

function useGo(): (step: Step) => void {
  const navigate = useNavigate();
  return useCallback((step: Step) => void navigate({ to: ".", search: step === 1 ? {} : { step } }), [navigate]);
}

/** The steps that were left; what is wrong with the others is not to be known yet, until the last one shows all. */
function useSeen(step: Step): ReadonlySet<Step> {
  const [left, setLeft] = useState<ReadonlySet<Step>>(() => new Set());
  const [present, setPresent] = useState(step);
  if (step !== present) {
    setLeft(new Set([...left, present]));
    setPresent(step);
  }
  return useMemo(() => (step === 4 ? new Set<Step>([1, 2, 3, 4]) : left), [step, left]);
}

/** Keyboards and screen readers go on at the step that was gone to. */
function useArrival(step: Step) {
  const panel = useRef<HTMLDivElement>(null);
  const last = useRef(step);
  useEffect(() => {
    if (last.current === step) return;
    last.current = step;
    panel.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [step]);
  return panel;
}

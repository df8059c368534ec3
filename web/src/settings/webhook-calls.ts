// API calls for webhooks and the log of their deliveries.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";

export type Webhook = components["schemas"]["WebhookRead"];
export type WebhookDelivery = components["schemas"]["WebhookDeliveryRead"];
type NewWebhook = components["schemas"]["NewWebhook"];
type WebhookChange = components["schemas"]["WebhookChange"];

const WEBHOOKS = ["webhooks"] as const;
const pathOf = (id: string) => ({ path: { webhook_id: id } });

export const webhooksQuery = queryOptions({
  queryKey: [...WEBHOOKS, "list"],
  queryFn: async ({ signal }): Promise<Webhook[]> => (await unwrap(api.GET("/api/v1/webhooks", { signal }))).data,
});

export function deliveriesQuery(webhookId: string) {
  return infiniteQueryOptions({
    queryKey: [...WEBHOOKS, "deliveries", webhookId],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 10, ...(pageParam === null ? {} : { cursor: pageParam }) };
      const params = { ...pathOf(webhookId), query };
      return unwrap(api.GET("/api/v1/webhooks/{webhook_id}/deliveries", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Return a mutation after which everything about webhooks is read again. */
function useWebhookMutation<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: WEBHOOKS }),
    // An answer may contain a secret: do not cache it.
    gcTime: 0,
  });
}

export function useCreateWebhook() {
  return useWebhookMutation((body: NewWebhook) => unwrap(api.POST("/api/v1/webhooks", { body })));
}

export function useChangeWebhook(id: string) {
  return useWebhookMutation((body: WebhookChange) =>
    unwrap(api.PATCH("/api/v1/webhooks/{webhook_id}", { params: pathOf(id), body })),
  );
}

/** Takes the webhook from the list at once: reading its log again would fail. */
export function useDeleteWebhook(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/webhooks/{webhook_id}", { params: pathOf(id) })),
    onSuccess: () =>
      client.setQueryData(webhooksQuery.queryKey, (webhooks) => webhooks?.filter((webhook) => webhook.id !== id)),
  });
}

export function useTestWebhook(id: string) {
  return useWebhookMutation(() => unwrap(api.POST("/api/v1/webhooks/{webhook_id}/test", { params: pathOf(id) })));
}

export function useSendAgain(id: string) {
  return useWebhookMutation((deliveryId: string) => {
    const params = { path: { webhook_id: id, delivery_id: deliveryId } };
    return unwrap(api.POST("/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", { params }));
  });
}

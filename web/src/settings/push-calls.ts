// API calls for the browsers that the person gets push notifications in.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import { askPermission, isSubscribed, subscribe } from "@/settings/push-browser";

export type PushDevice = components["schemas"]["DeviceRead"];
export type PushTestResult = components["schemas"]["PushTestResult"];

export const devicesQuery = queryOptions({
  queryKey: ["push-devices"],
  queryFn: async ({ signal }): Promise<PushDevice[]> =>
    (await unwrap(api.GET("/api/v1/push/devices", { signal }))).data,
});

/** Whether this browser takes messages, whatever the server knows of it. */
export const subscribedQuery = queryOptions({ queryKey: ["push-subscribed"], queryFn: isSubscribed });

function useRefresh(): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    Promise.all(
      [devicesQuery.queryKey, subscribedQuery.queryKey].map((queryKey) => client.invalidateQueries({ queryKey })),
    );
}

/** Subscribes this browser and tells the server. Throws PushUnavailable where the browser does not allow it. */
export function useAddDevice() {
  return useMutation({
    mutationFn: async (): Promise<PushDevice> => {
      await askPermission();
      const { public_key: publicKey } = await unwrap(api.GET("/api/v1/push/key"));
      return unwrap(api.POST("/api/v1/push/devices", { body: await subscribe(publicKey) }));
    },
    onSettled: useRefresh(),
  });
}

/** The browser keeps its subscription, which other workspaces may use; the server sends it nothing for this one. */
export function useRemoveDevice() {
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/v1/push/devices/{device_id}", { params: { path: { device_id: id } } })),
    onSettled: useRefresh(),
  });
}

export function useTestDevice() {
  return useMutation({
    mutationFn: (id: string): Promise<PushTestResult> =>
      unwrap(api.POST("/api/v1/push/devices/{device_id}/test", { params: { path: { device_id: id } } })),
    onSettled: useRefresh(),
  });
}

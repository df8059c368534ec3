// What of one's own picture is shown: a part of the platform's exact shape, or a point to keep and the rest by itself.
import { Button, Group, Input, SegmentedControl, Slider, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import Cropper, { type Area } from "react-easy-crop";
import "react-easy-crop/react-easy-crop.css";

import { useWords } from "@/i18n/useWords";
import { Dialog } from "@/ui/Dialog";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { steadyAddress } from "@/ui/steadyAddress";
import { mediumQuery, type ImageChoice, type Medium } from "@/wizard/pictures/calls";
import { boxOf, percentOf, type Point } from "@/wizard/pictures/cutting";
import { FocalPoint } from "@/wizard/pictures/FocalPoint";
import type { Pixels } from "@/wizard/pictures/pictures";

import styles from "./pictures.module.css";

interface Props {
  title: string;
  mediumId: string;
  pixels: Pixels;
  /** As they are kept: shares of the upright picture. */
  crop: Record<string, number> | null;
  focal: Record<string, number> | null;
  close: () => void;
  save: (choice: ImageChoice) => void;
}

export function CropDialog({ title, mediumId, close, ...others }: Props) {
  const { data: medium, error, refetch } = useQuery(mediumQuery(mediumId));
  return (
    <Dialog title={title} close={close} size="lg">
      {error && <ProblemAlert error={error} retry={() => void refetch()} />}
      {!medium && !error && <Loading />}
      {medium && <Cutting medium={medium} close={close} {...others} />}
    </Dialog>
  );
}

type Way = "crop" | "focal";

function Cutting({ medium, pixels, crop, focal, close, save }: Omit<Props, "title" | "mediumId"> & { medium: Medium }) {
  const { t } = useWords();
  const [way, setWay] = useState<Way>(focal && !crop ? "focal" : "crop");
  const [area, setArea] = useState<Area | null>(null);
  const [point, setPoint] = useState<Point>({ x: focal?.["x"] ?? 0.5, y: focal?.["y"] ?? 0.5 });
  const url = steadyAddress(medium.url);
  const done = () => save(way === "crop" && area ? { crop: boxOf(area) } : way === "focal" ? { focal: point } : {});
  return (
    <Stack>
      <SegmentedControl
        aria-label={t("pictures:way")}
        data={[
          { value: "crop", label: t("pictures:wayCrop") },
          { value: "focal", label: t("pictures:wayFocal") },
        ]}
        value={way}
        onChange={setWay}
      />
      {way === "crop" ? (
        <CutOut url={url} aspect={pixels.width / pixels.height} crop={crop} changed={setArea} />
      ) : (
        <FocalPoint url={url} alt={medium.alt} point={point} changed={setPoint} />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {t("pictures:cancel")}
        </Button>
        <Button onClick={done} disabled={way === "crop" && !area}>
          {t("pictures:save")}
        </Button>
      </Group>
    </Stack>
  );
}

const ZOOM_MAX = 4;

function CutOut({
  url,
  aspect,
  crop,
  changed,
}: {
  url: string;
  aspect: number;
  crop: Props["crop"];
  changed: (area: Area) => void;
}) {
  const { t } = useWords();
  const hint = useId();
  const [at, setAt] = useState({ x: 0, y: 0 });
  const [zoom, setZoom] = useState(1);
  return (
    <>
      <Text size="sm" c="dimmed" id={hint}>
        {t("pictures:cropHint")}
      </Text>
      <div className={styles["cutting"]}>
        <Cropper
          image={url}
          aspect={aspect}
          crop={at}
          zoom={zoom}
          maxZoom={ZOOM_MAX}
          onCropChange={setAt}
          onZoomChange={setZoom}
          onCropComplete={changed}
          {...(crop ? { initialCroppedAreaPercentages: percentOf(crop) } : {})}
          // Its style element would need leave from the page's policy; the sheet above says the same.
          disableAutomaticStylesInjection
          keyboardStep={4}
          mediaProps={{ alt: "" }}
          cropperProps={{ role: "application", "aria-label": t("pictures:cropArea"), "aria-describedby": hint }}
        />
      </div>
      <Input.Wrapper label={t("pictures:zoom")} labelElement="div">
        <Slider
          min={1}
          max={ZOOM_MAX}
          step={0.05}
          value={zoom}
          onChange={setZoom}
          thumbLabel={t("pictures:zoom")}
          label={(value) => `${Math.round(value * 100)} %`}
        />
      </Input.Wrapper>
    </>
  );
}

// Dialog to crop an uploaded picture: to a part in the platform's shape, or around a point to keep.
import { Button, Group, Input, SegmentedControl, Slider, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import Cropper, { type Area } from "react-easy-crop";
import "react-easy-crop/react-easy-crop.css";

import { useMessages } from "@/i18n/useMessages";
import { Dialog } from "@/ui/Dialog";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { stableMediaUrl } from "@/ui/stableMediaUrl";
import { mediumQuery, type ImageChoice, type Medium } from "@/wizard/pictures/calls";
import { toBox, toPercent, type Point } from "@/wizard/pictures/crop";
import { FocalPoint } from "@/wizard/pictures/FocalPoint";
import type { Pixels } from "@/wizard/pictures/slots";

import styles from "./pictures.module.css";

interface Props {
  title: string;
  mediumId: string;
  pixels: Pixels;
  /** Fractions of the upright picture's width and height. */
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
      {medium && <CropForm medium={medium} close={close} {...others} />}
    </Dialog>
  );
}

type CropMode = "crop" | "focal";

function CropForm({
  medium,
  pixels,
  crop,
  focal,
  close,
  save,
}: Omit<Props, "title" | "mediumId"> & { medium: Medium }) {
  const { t } = useMessages();
  const [mode, setMode] = useState<CropMode>(focal && !crop ? "focal" : "crop");
  const [area, setArea] = useState<Area | null>(null);
  const [point, setPoint] = useState<Point>({ x: focal?.["x"] ?? 0.5, y: focal?.["y"] ?? 0.5 });
  const url = stableMediaUrl(medium.url);
  const submit = () => save(mode === "crop" && area ? { crop: toBox(area) } : mode === "focal" ? { focal: point } : {});
  return (
    <Stack>
      <SegmentedControl
        aria-label={t("pictures:crop.mode")}
        data={[
          { value: "crop", label: t("pictures:crop.byArea") },
          { value: "focal", label: t("pictures:crop.byPoint") },
        ]}
        value={mode}
        onChange={setMode}
      />
      {mode === "crop" ? (
        <CropArea url={url} aspect={pixels.width / pixels.height} crop={crop} onChange={setArea} />
      ) : (
        <FocalPoint url={url} alt={medium.alt} point={point} onChange={setPoint} />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {t("pictures:crop.cancel")}
        </Button>
        <Button onClick={submit} disabled={mode === "crop" && !area}>
          {t("pictures:crop.save")}
        </Button>
      </Group>
    </Stack>
  );
}

const ZOOM_MAX = 4;

function CropArea({
  url,
  aspect,
  crop,
  onChange,
}: {
  url: string;
  aspect: number;
  crop: Props["crop"];
  onChange: (area: Area) => void;
}) {
  const { t } = useMessages();
  const hint = useId();
  const [position, setPosition] = useState({ x: 0, y: 0 });
  const [zoom, setZoom] = useState(1);
  return (
    <>
      <Text size="sm" c="dimmed" id={hint}>
        {t("pictures:crop.areaHint")}
      </Text>
      <div className={styles["cutting"]}>
        <Cropper
          image={url}
          aspect={aspect}
          crop={position}
          zoom={zoom}
          maxZoom={ZOOM_MAX}
          onCropChange={setPosition}
          onZoomChange={setZoom}
          onCropComplete={onChange}
          {...(crop ? { initialCroppedAreaPercentages: toPercent(crop) } : {})}
          // Its style element would violate the Content-Security-Policy; the imported sheet has the same rules.
          disableAutomaticStylesInjection
          keyboardStep={4}
          mediaProps={{ alt: "" }}
          cropperProps={{ role: "application", "aria-label": t("pictures:crop.area"), "aria-describedby": hint }}
        />
      </div>
      <Input.Wrapper label={t("pictures:crop.zoom")} labelElement="div">
        <Slider
          min={1}
          max={ZOOM_MAX}
          step={0.05}
          value={zoom}
          onChange={setZoom}
          thumbLabel={t("pictures:crop.zoom")}
          label={(value) => `${Math.round(value * 100)} %`}
        />
      </Input.Wrapper>
    </>
  );
}

// Chooses a part of a picture in a fixed shape: by dragging, by the arrow keys, and with a zoom.
import { Input, Slider, Text } from "@mantine/core";
import { useId, useState } from "react";
import Cropper from "react-easy-crop";
import "react-easy-crop/react-easy-crop.css";

import { useMessages } from "@/i18n/useMessages";
import { toBox, toPercent, type Box } from "@/ui/crop/crop";

import styles from "./CropArea.module.css";

const ZOOM_MAX = 4;

interface Props {
  url: string;
  aspect: number;
  /** The part at first, as fractions of the picture's width and height. */
  crop?: Record<string, number> | null;
  hint: string;
  onChange: (box: Box) => void;
}

export function CropArea({ url, aspect, crop = null, hint, onChange }: Props) {
  const { t } = useMessages();
  const hintId = useId();
  const [position, setPosition] = useState({ x: 0, y: 0 });
  const [zoom, setZoom] = useState(1);
  return (
    <>
      <Text size="sm" c="dimmed" id={hintId}>
        {hint}
      </Text>
      <div className={styles["area"]}>
        <Cropper
          image={url}
          aspect={aspect}
          crop={position}
          zoom={zoom}
          maxZoom={ZOOM_MAX}
          onCropChange={setPosition}
          onZoomChange={setZoom}
          onCropComplete={(area) => onChange(toBox(area))}
          {...(crop ? { initialCroppedAreaPercentages: toPercent(crop) } : {})}
          // Its style element would violate the Content-Security-Policy; the imported sheet has the same rules.
          disableAutomaticStylesInjection
          keyboardStep={4}
          mediaProps={{ alt: "" }}
          cropperProps={{ role: "application", "aria-label": t("ui:crop.area"), "aria-describedby": hintId }}
        />
      </div>
      <Input.Wrapper label={t("ui:crop.zoom")} labelElement="div">
        <Slider
          min={1}
          max={ZOOM_MAX}
          step={0.05}
          value={zoom}
          onChange={setZoom}
          thumbLabel={t("ui:crop.zoom")}
          label={(value) => `${Math.round(value * 100)} %`}
        />
      </Input.Wrapper>
    </>
  );
}

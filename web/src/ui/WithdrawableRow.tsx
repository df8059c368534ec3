// A row of a list of links that were given away: for whom, what is known of it, and a button that withdraws it.
import { Button, Text } from "@mantine/core";

import styles from "./WithdrawableRow.module.css";

interface Props {
  note: string;
  details: string;
  withdrawText: string;
  /** Names the row, too, for those who hear only the button. */
  withdrawLabel: string;
  isPending: boolean;
  onWithdraw: () => void;
}

export function WithdrawableRow({ note, details, withdrawText, withdrawLabel, isPending, onWithdraw }: Props) {
  return (
    <li className={styles["row"]}>
      <div className={styles["words"]}>
        <Text fw={600}>{note}</Text>
        <Text size="sm" c="dimmed">
          {details}
        </Text>
      </div>
      <Button
        variant="default"
        className={styles["button"]}
        disabled={isPending}
        aria-label={withdrawLabel}
        onClick={onWithdraw}
      >
        {withdrawText}
      </Button>
    </li>
  );
}

package dev.belfry.core.job;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * The valid word nearest to one that was written wrongly: by the number of letters inserted, left out, replaced or swapped
 * with their neighbour (optimal string alignment), ignoring case and the separators {@code - _}. A pure function.
 */
public final class NearestKey {

    private static final int LONGEST_WORD = 64;

    private NearestKey() {}

    /** The nearest candidate, the first of several that are equally near; empty if all are too far to be meant. */
    public static Optional<String> to(String word, Collection<String> candidates) {
        if (word.isEmpty() || word.length() > LONGEST_WORD) {
            return Optional.empty();
        }
        String plainWord = plain(word);
        String best = null;
        int bestDistance = Math.max(1, plainWord.length() / 3) + 1;
        for (String candidate : candidates) {
            int distance = distance(plainWord, plain(candidate));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] oldest = beforeLast;
            beforeLast = last;
            last = row;
            row = oldest;
        }
        return last[b.length()];
    }
}

package dev.belfry.core.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What several agents lack, as an operator reads it. */
final class Shortages {
    private Shortages() {}

    /** {@code 3 agents short of 2GB of memory, 1 without label disk=ssd}: what most lack first. */
    static String summary(Collection<Shortage> shortages) {
        Map<String, Integer> counts = new TreeMap<>();
        shortages.forEach(each -> counts.merge(each.phrase(), 1, Integer::sum));
        List<Map.Entry<String, Integer>> most = new ArrayList<>(counts.entrySet());
        most.sort(Comparator.comparing((Map.Entry<String, Integer> each) -> -each.getValue()));
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Integer> each : most) {
            String noun = text.length() > 0 ? "" : each.getValue() == 1 ? " agent" : " agents";
            text.append(text.length() > 0 ? ", " : "")
                    .append(each.getValue())
                    .append(noun)
                    .append(' ')
                    .append(each.getKey());
        }
        return text.toString();
    }
}

package dev.belfry.core.shard;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.trigger.Owed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which rules a fire is subject to: those of the version that owes its instant, whenever it is settled. So a fire keeps its
 * rules from its claim to its outcome, whatever is applied meanwhile. Immutable.
 */
public final class Rulebook {
    private final TreeMap<Instant, VersionRules> byFrom = new TreeMap<>();

    /** The rules of {@code versions}, oldest first; where two begin at one instant the later one holds. */
    public Rulebook(List<VersionRules> versions) {
        versions.forEach(version -> byFrom.put(version.from(), version));
    }

    /** The definition that owes what is due at {@code instant}; before the first version, the first. */
    public JobDefinition at(Instant instant) {
        return rules(instant).definition();
    }

    /** Whether what is due at {@code instant} is skipped because the job was paused. */
    boolean pausedAt(Instant instant) {
        return rules(instant).paused();
    }

    private VersionRules rules(Instant instant) {
        Map.Entry<Instant, VersionRules> inForce = byFrom.floorEntry(instant);
        return inForce == null ? byFrom.firstEntry().getValue() : inForce.getValue();
    }

    /** The parts of {@code gaps} (ascending, disjoint) in which the job was paused, or those in which it was not. */
    List<Owed.Gap> where(boolean paused, List<Owed.Gap> gaps) {
        List<Owed.Gap> parts = new ArrayList<>();
        for (Owed.Gap gap : gaps) {
            cut(gap).forEach(part -> {
                if (pausedAt(part.upTo()) == paused) {
                    join(parts, part);
                }
            });
        }
        return parts;
    }

    /** The parts of {@code gaps} (ascending, disjoint) by what is done with late fires there, whatever the threshold. */
    public Map<Misfire, List<Owed.Gap>> byMisfire(List<Owed.Gap> gaps) {
        Map<Misfire, List<Owed.Gap>> parts = new LinkedHashMap<>();
        for (Owed.Gap gap : gaps) {
            for (Owed.Gap part : cut(gap)) {
                Misfire rules = comparable(at(part.upTo()).misfire());
                join(parts.computeIfAbsent(rules, r -> new ArrayList<>()), part);
            }
        }
        return parts;
    }

    private static Misfire comparable(Misfire rules) {
        Misfire other = rules.policy() == MisfirePolicy.FIRE_ALL ? rules : Misfire.DEFAULT;
        return new Misfire(rules.policy(), Duration.ZERO, other.window(), other.limit());
    }

    /** The gap, cut where a version takes over from another. */
    List<Owed.Gap> cut(Owed.Gap gap) {
        List<Owed.Gap> parts = new ArrayList<>();
        Instant after = gap.after();
        for (Instant from : byFrom.keySet()) {
            if (from.isAfter(gap.upTo())) {
                break;
            }
            if (after.isBefore(from) && after.isBefore(from.minusMillis(1))) {
                parts.add(new Owed.Gap(after, from.minusMillis(1)));
                after = from.minusMillis(1);
            }
        }
        if (after.isBefore(gap.upTo())) {
            parts.add(new Owed.Gap(after, gap.upTo()));
        }
        return parts;
    }

    private static void join(List<Owed.Gap> gaps, Owed.Gap next) {
        int last = gaps.size() - 1;
        if (last >= 0 && gaps.get(last).upTo().equals(next.after())) {
            gaps.set(last, new Owed.Gap(gaps.get(last).after(), next.upTo()));
        } else {
            gaps.add(next);
        }
    }
}

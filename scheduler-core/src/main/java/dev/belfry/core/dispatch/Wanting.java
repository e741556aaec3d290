package dev.belfry.core.dispatch;

import dev.belfry.core.agent.LabelSelector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Adds up what waits only for room. Limits are given out in the order of the queue, as they would be if there were room. */
final class Wanting {
    private final TaskQueue queue;
    private final long now;
    private final Rules rules;
    private final Map<String, Integer> pools = new HashMap<>();
    private final Map<JobLine, Integer> jobs = new HashMap<>();
    private int all;

    Wanting(TaskQueue queue, long now) {
        this.queue = queue;
        this.now = now;
        this.rules = queue.room.rules();
    }

    List<WantedCapacity> wanted() {
        Map<LabelSelector, WantedCapacity> sums = new HashMap<>();
        for (Iterator<Lane> lanes = queue.lines.from(null); lanes.hasNext(); ) {
            Lane lane = lanes.next();
            boolean fits = queue.room.place(lane, lane.ready.first(), now) != null;
            int tasks = fits || lane.variant.only().isPresent() ? 0 : startable(lane);
            if (tasks > 0) {
                WantedCapacity more = new WantedCapacity(labels(lane.kind.key), tasks, lane.job.needs.times(tasks));
                sums.merge(more.labels(), more, Wanting::add);
            }
        }
        List<WantedCapacity> wanted = new ArrayList<>(sums.values());
        wanted.sort(Comparator.comparing((WantedCapacity each) -> each.labels().toString()));
        return List.copyOf(wanted);
    }

    /** Of a label that both name, what both accept; if they agree on nothing, what the job says. */
    private static LabelSelector labels(Kind.Key kind) {
        SortedMap<String, SortedSet<String>> both =
                new TreeMap<>(kind.required().accepts());
        kind.further()
                .accepts()
                .forEach((label, values) -> both.merge(label, values, (of, and) -> {
                    SortedSet<String> common = new TreeSet<>(of);
                    common.retainAll(and);
                    return common.isEmpty() ? of : common;
                }));
        return new LabelSelector(both);
    }

    private static WantedCapacity add(WantedCapacity a, WantedCapacity b) {
        return new WantedCapacity(a.labels(), a.tasks() + b.tasks(), a.needs().plus(b.needs()));
    }

    private int startable(Lane lane) {
        JobLine job = lane.job;
        int tasks = Math.min(lane.ready.size(), queue.usage.allowed(job, rules, now) - jobs.getOrDefault(job, 0));
        tasks = Math.min(tasks, rules.mostRunning() - queue.usage.running() - all);
        List<String> named = job.terms.queueing().pools();
        for (String pool : named) {
            int free = rules.pools().getOrDefault(pool, 0) - queue.usage.taken(pool);
            tasks = Math.min(tasks, free - pools.getOrDefault(pool, 0));
        }
        int given = Math.max(0, tasks);
        all += given;
        jobs.merge(job, given, Integer::sum);
        named.forEach(pool -> pools.merge(pool, given, Integer::sum));
        return given;
    }
}

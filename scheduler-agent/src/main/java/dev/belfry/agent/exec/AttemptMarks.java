package dev.belfry.agent.exec;

import dev.belfry.agent.loop.Attempts;
import dev.belfry.core.shard.AttemptOrder;
import org.slf4j.MDC;

/** Marks on every log entry of a thread that say which attempt it works for. */
final class AttemptMarks {

    private AttemptMarks() {}

    /** Marks the present thread; what was there before goes. */
    static void set(Attempts.Task task) {
        AttemptOrder order = task.order();
        MDC.clear();
        MDC.put("job", task.job().name());
        MDC.put("shard", order.shard().shard());
        MDC.put("run", order.fire().runId(task.job().uid()));
        MDC.put("attempt", Integer.toString(order.number()));
    }

    /** Takes all marks away, those of user code too. */
    static void clear() {
        MDC.clear();
    }
}

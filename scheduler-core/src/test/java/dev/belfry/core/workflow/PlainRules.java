package dev.belfry.core.workflow;

import dev.belfry.core.job.TriggerRule;
import java.util.Collections;
import java.util.List;

/** The rules once more, written for upstreams that have all settled and with no thought of speed or earliness. */
final class PlainRules {

    private PlainRules() {}

    static Decision decide(TriggerRule rule, List<UpstreamState> upstreams) {
        int all = upstreams.size();
        int succeeded = Collections.frequency(upstreams, UpstreamState.SUCCEEDED);
        int skipped = Collections.frequency(upstreams, UpstreamState.SKIPPED);
        int failed = Collections.frequency(upstreams, UpstreamState.FAILED);
        int kept = Collections.frequency(upstreams, UpstreamState.UPSTREAM_FAILED);
        if (all == 0) {
            return Decision.RUN;
        }
        return switch (rule) {
            case ALWAYS, ALL_DONE -> Decision.RUN;
            case ALL_SUCCESS ->
                failed + kept > 0 ? Decision.UPSTREAM_FAILED : succeeded == all ? Decision.RUN : Decision.SKIP;
            case ALL_FAILED -> failed + kept == all ? Decision.RUN : Decision.SKIP;
            case ONE_SUCCESS ->
                succeeded > 0 ? Decision.RUN : skipped == all ? Decision.SKIP : Decision.UPSTREAM_FAILED;
            case ONE_FAILED -> failed + kept > 0 ? Decision.RUN : Decision.SKIP;
            case ONE_DONE -> succeeded + failed > 0 ? Decision.RUN : Decision.SKIP;
            case NONE_FAILED -> failed + kept > 0 ? Decision.UPSTREAM_FAILED : Decision.RUN;
            case NONE_FAILED_MIN_ONE_SUCCESS ->
                failed + kept > 0 ? Decision.UPSTREAM_FAILED : skipped == all ? Decision.SKIP : Decision.RUN;
            case NONE_SKIPPED -> skipped > 0 ? Decision.SKIP : Decision.RUN;
        };
    }
}

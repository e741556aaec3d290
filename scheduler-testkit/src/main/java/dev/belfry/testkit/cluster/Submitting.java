package dev.belfry.testkit.cluster;

import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.util.List;

/** What submitters do, and what is done to them. */
sealed interface Submitting extends Fault.OfQueue {

    /** Somebody submits runs of a job. */
    record Burst(String submitter, String job, List<SubmitOptions> wishes) implements Submitting {
        public Burst {
            wishes = List.copyOf(wishes);
        }

        @Override
        public void inflict(SimCluster cluster) {
            cluster.submitter(submitter).submit(job, wishes);
        }

        @Override
        public String toString() {
            List<String> texts = wishes.stream()
                    .map(wish -> (wish.choice().key().isEmpty()
                                    ? "run"
                                    : wish.choice().key())
                            + (wish.delay().isZero() ? "" : "+" + wish.delay()))
                    .toList();
            return "Burst[submitter=" + submitter + " job=" + job + " runs=" + texts + "]";
        }
    }

    /** A submitter is killed and started again, stands still, is cut off, or loses its session. */
    record Trouble(String submitter, Fault.Blow blow, Duration length) implements Submitting {
        @Override
        public void inflict(SimCluster cluster) {
            SimSubmitter victim = cluster.submitter(submitter);
            SimProcess process = victim.process();
            switch (blow) {
                case KILL -> {
                    victim.kill();
                    later(cluster, victim::start);
                }
                case PAUSE -> {
                    process.pause();
                    later(cluster, process::resume);
                }
                case CUT -> {
                    each(cluster, process.name(), true);
                    later(cluster, () -> each(cluster, process.name(), false));
                }
                case EXPIRE -> victim.expire();
            }
        }

        private void later(SimCluster cluster, Runnable undoing) {
            cluster.scheduler().after(length.toNanos(), "undo fault", undoing);
        }

        private static void each(SimCluster cluster, String process, boolean cut) {
            for (int i = 0; i < cluster.options().ensemble().servers(); i++) {
                String server = "s" + i;
                if (cut) {
                    cluster.ensemble().cut(process, server);
                    cluster.ensemble().cut(server, process);
                } else {
                    cluster.ensemble().heal(process, server);
                    cluster.ensemble().heal(server, process);
                }
            }
        }
    }

    /** Somebody cancels one of the runs that were acknowledged, whatever has become of it. */
    record Cancel(int draw) implements Submitting {
        @Override
        public void inflict(SimCluster cluster) {
            List<String> runs = cluster.safety().submitted().acknowledged();
            if (!runs.isEmpty()) {
                String run = runs.get(Math.max(0, runs.size() - 1 - draw % 8));
                cluster.operator().cancel(run.substring(0, run.indexOf('~')), run);
            }
        }
    }
}

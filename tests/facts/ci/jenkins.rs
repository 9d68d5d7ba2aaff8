//! Pipelines of Jenkins, by the marks of [`super::systems`].

use super::systems::check;

#[test]
fn a_pipeline_of_jenkins_stands_where_its_folder_says_so() {
    let file = "pipeline { stages { stage('Test') { steps { sh 'mvn test' } } } }\n";
    check(
        &[("jenkins-ci/Jenkinsfile", file), ("examples/Jenkinsfile", file), ("docs/ci/Jenkinsfile", file)],
        "+ Test jenkins-ci/Jenkinsfile:1 mvn test",
    );
}

#[test]
fn jenkins() {
    let file = "\
// pipeline { sh 'cargo nothing' }
def lint() {
  sh 'cargo clippy'
}
pipeline {
  agent { docker { image 'rust:1' } }
  triggers { cron('H 2 * * *') }
  environment {
    FLAGS = '-Dwarnings'
  }
  stages {
    stage('Test') {
      steps {
        sh '''
          cargo fmt --check
          cargo test -- $FLAGS
        '''
        sh(script: \"cargo audit\", returnStatus: true)
        catchError(buildResult: 'SUCCESS') {
          sh 'cargo deny check'
        }
        lint()
        dir('crates') { sh 'cargo doc' }
        bat 'cargo build'
        script {
          try {
            sh 'cargo tree'
          } catch (e) {
            currentBuild.result = 'FAILURE'
          }
          try { sh 'cargo fix' } catch (e) { echo 'so what' }
        }
      }
      post {
        failure { sh 'kubectl rollout undo deployment/shop' }
      }
    }
    stage('Both') {
      parallel {
        stage('Bench') {
          when { triggeredBy 'TimerTrigger' }
          steps { sh 'cargo bench' }
        }
        stage('Aside') {
          when { not { branch 'main' } }
          steps { sh 'cargo run' }
        }
      }
    }
    stage('Ship') {
      when { branch 'main' }
      steps {
        sh 'cargo publish --dry-run'
        input message: 'Go?'
        sh 'helm upgrade shop ./chart'
      }
    }
  }
}
";
    check(
        &[("Jenkinsfile", file)],
        "
        + Test Jenkinsfile:15 cargo fmt --check
        + Test Jenkinsfile:16 cargo test -- -Dwarnings
        - Test Jenkinsfile:18 cargo audit
        - Test Jenkinsfile:20 cargo deny check
        + Test Jenkinsfile:3 cargo clippy
        + Test Jenkinsfile:23 cargo doc
        + Test Jenkinsfile:24 cargo build
        + Test Jenkinsfile:27 cargo tree
        - Test Jenkinsfile:31 cargo fix
        . Test Jenkinsfile:35 kubectl rollout undo deployment/shop
        . Bench Jenkinsfile:42 cargo bench
        + Aside Jenkinsfile:46 cargo run
        + Ship Jenkinsfile:53 cargo publish --dry-run
        m Ship Jenkinsfile:55 helm upgrade shop ./chart
        ",
    );
}

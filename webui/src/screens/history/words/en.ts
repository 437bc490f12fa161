export default { title: "history" };
